"""Saved views: an operator's own filters under a name, on every computer they sit down at."""
