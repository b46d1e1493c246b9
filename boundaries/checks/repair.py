"""Repair of invalid polygons, on request and within limits of time and memory; the work is `boundaries.files.repair`'s.

It lives one layer down because files are repaired while they are read, before any rule runs.
"""

from boundaries.files.repair import Outcome, repair_polygons

__all__ = ["Outcome", "repair_polygons"]
