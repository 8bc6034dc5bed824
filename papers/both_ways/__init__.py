"""What studies share that ask of two series which moves the other.

The study of technology fields and the study of countries are written with it; the two
series, and what they are called, are arguments.
"""
