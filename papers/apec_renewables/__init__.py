"""Renewable-energy standards in APEC: unanimity, assistance, dialogue, stages."""
