"""Maggi and Ossa (2023), claim by claim."""
