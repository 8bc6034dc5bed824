"""Governments choose standards, and know how firms and markets answer."""
