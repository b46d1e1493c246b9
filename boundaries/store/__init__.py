"""The library's storage: one city, its generations of areas, on SQLite and on PostgreSQL/PostGIS. Functions here never commit."""

from boundaries.store.city import City
from boundaries.store.engine import Engines, make_engine, make_engines
from boundaries.store.leaves import LeafPolygons, leaf_polygons, parent_shapes
from boundaries.store.proof import Proven, prove
from boundaries.store.repository import (
    add_generation,
    current_number,
    generation,
    generation_at,
    generations,
    members,
    read_city,
    write_city,
)
from boundaries.store.tables import create_all, ensure_objects, metadata

__all__ = [
    "City",
    "Engines",
    "LeafPolygons",
    "Proven",
    "add_generation",
    "create_all",
    "current_number",
    "ensure_objects",
    "generation",
    "generation_at",
    "generations",
    "leaf_polygons",
    "make_engine",
    "make_engines",
    "members",
    "metadata",
    "parent_shapes",
    "prove",
    "read_city",
    "write_city",
]
