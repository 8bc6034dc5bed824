"""Acemoglu, Gancia and Zilibotti (2012), claim by claim."""
