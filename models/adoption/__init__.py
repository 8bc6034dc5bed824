"""Firms and users choose a standard, and what others choose matters to them."""
