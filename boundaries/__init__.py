"""Polygons in, answers out: the areas of a city, who is where, and how borders change.

A library without a web framework: it can be used from a notebook. `boundaries.router` answers "which area holds this point",
`boundaries.store` keeps generations of areas in SQLite or PostGIS, `boundaries.files` reads and writes the formats of the field.
"""
