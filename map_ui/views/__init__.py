"""Maps from frames: `areas`, `cases`, `facilities`, `compare`, `load`, `gaps`, `reach` make a view, `render` makes it a page."""

from map_ui.views.areas import areas
from map_ui.views.cases import cases
from map_ui.views.compare import compare
from map_ui.views.facilities import facilities
from map_ui.views.gaps import gaps
from map_ui.views.load import Figure, load
from map_ui.views.page import build_map, render
from map_ui.views.reach import Within, reach
from map_ui.views.view import Heading, MapView

__all__ = [
    "Figure",
    "Heading",
    "MapView",
    "Within",
    "areas",
    "build_map",
    "cases",
    "compare",
    "facilities",
    "gaps",
    "load",
    "reach",
    "render",
]
