"""Grossman, McCalman and Staiger (2021), claim by claim."""
