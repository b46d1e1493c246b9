"""Maps from frames: `areas`, `cases`, `facilities`, `compare` make a view, `render` makes it a page."""

from map_ui.views.areas import areas
from map_ui.views.cases import cases
from map_ui.views.compare import compare
from map_ui.views.facilities import facilities
from map_ui.views.page import build_map, render
from map_ui.views.view import Heading, MapView

__all__ = ["Heading", "MapView", "areas", "build_map", "cases", "compare", "facilities", "render"]
