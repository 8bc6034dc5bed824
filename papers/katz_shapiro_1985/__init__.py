"""Katz and Shapiro (1985), claim by claim."""
