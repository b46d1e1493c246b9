"""Frames made small: shared arcs, columns, and blocks of JSON that are safe inside a page."""

from map_ui.packing.payload import column, deltas, pack, path_deltas, ring_deltas, to_json, unpack
from map_ui.packing.topology import Topology, build, to_steps

__all__ = ["Topology", "build", "column", "deltas", "pack", "path_deltas", "ring_deltas", "to_json", "to_steps", "unpack"]
