"""Farrell and Saloner (1985), claim by claim."""
