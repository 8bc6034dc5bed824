"""Influence in committees: contests, voting power, catching up."""
