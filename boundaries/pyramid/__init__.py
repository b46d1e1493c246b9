"""The boundaries of one generation as vector tiles: built once, one file, shared borders kept at every zoom."""

from boundaries.pyramid.archive import Pyramid, pack
from boundaries.pyramid.build import FORMAT, build
from boundaries.pyramid.plan import EXTENT, LABELS, MAX_ZOOM, MIN_ZOOM

__all__ = ["EXTENT", "FORMAT", "LABELS", "MAX_ZOOM", "MIN_ZOOM", "Pyramid", "build", "pack"]
