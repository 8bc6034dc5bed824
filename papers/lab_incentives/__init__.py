"""Incentives in a research laboratory, claim by claim."""
