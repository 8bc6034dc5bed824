"""Governments choose standards."""
