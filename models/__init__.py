"""wing."""
