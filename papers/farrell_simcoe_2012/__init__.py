"""Farrell and Simcoe (2012), claim by claim."""
