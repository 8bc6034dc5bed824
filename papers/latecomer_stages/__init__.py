"""Stages of a latecomer, claim by claim."""
