"""Maps as documents: self-contained pages drawn from what the service knows."""

from geo_service.maps.comparing import compare
from geo_service.maps.drawing import NAMES, draw

__all__ = ["NAMES", "compare", "draw"]
