"""Synergy between innovation and standards, and traps: a study of our own, claim by claim."""
