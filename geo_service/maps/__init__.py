"""Maps as documents: self-contained pages drawn from what the service knows."""

from geo_service.maps.comparing import compare
from geo_service.maps.drawing import NAMES, draw
from geo_service.maps.gaps import gaps_map
from geo_service.maps.load import load_map
from geo_service.maps.reach import reach_map

__all__ = ["NAMES", "compare", "draw", "gaps_map", "load_map", "reach_map"]
