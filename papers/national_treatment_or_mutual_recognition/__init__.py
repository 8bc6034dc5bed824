"""National treatment or mutual recognition, claim by claim."""
