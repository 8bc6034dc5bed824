"""Kandori, Mailath and Rob (1993), claim by claim."""
