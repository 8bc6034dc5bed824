"""Do standards follow patents or patents standards?  23 technology fields."""
