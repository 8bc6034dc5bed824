"""How innovation and standards drive each other over time."""
