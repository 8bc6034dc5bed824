"""Recognition networks and fragmentation, claim by claim."""
