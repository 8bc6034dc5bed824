"""Farrell and Saloner (1988), claim by claim."""
