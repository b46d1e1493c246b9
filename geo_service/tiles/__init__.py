"""A door: the boundaries as vector tiles, from memory."""
