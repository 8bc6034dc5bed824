"""Dumitrescu and Hurlin (2012), claim by claim."""
