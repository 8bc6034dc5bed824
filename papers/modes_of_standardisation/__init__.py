"""Markets, governments, standards bodies and planners: a study of our own, claim by claim."""
