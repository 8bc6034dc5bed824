"""How countries and firms reach, or fail to reach, common standards."""
