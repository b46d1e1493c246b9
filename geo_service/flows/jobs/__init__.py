"""Looking at background work."""
