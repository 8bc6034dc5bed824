"""Technology-forcing standards and the timing of standards, claim by claim."""
