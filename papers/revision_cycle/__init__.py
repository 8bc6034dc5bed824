"""The revision cycle of standards, claim by claim."""
