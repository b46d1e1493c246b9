"""Polygon and point files <-> frames: GeoPackage, GeoJSON, Shapefile (read only), GeoParquet, CSV; local files only."""

from boundaries.files.areas import read_areas, read_routable
from boundaries.files.crs import check_crs
from boundaries.files.edited import read_edited_layer
from boundaries.files.layers import layer_names, read_layer
from boundaries.files.polygons import invalid_polygons, unusable_polygons
from boundaries.files.received import place_received
from boundaries.files.repair import Outcome, repair_polygons
from boundaries.files.sources import Source, as_source, format_of, parse_source
from boundaries.files.writing import replacing, write_frame, write_layers

__all__ = [
    "Outcome",
    "Source",
    "as_source",
    "check_crs",
    "format_of",
    "invalid_polygons",
    "layer_names",
    "parse_source",
    "place_received",
    "read_areas",
    "read_edited_layer",
    "read_layer",
    "read_routable",
    "repair_polygons",
    "replacing",
    "unusable_polygons",
    "write_frame",
    "write_layers",
]
