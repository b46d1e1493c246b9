"""The view of areas: every level as lines, the finest ones filled, and who answers for each."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from map_ui.frames import check_areas
from map_ui.packing import Topology
from map_ui.views.area_layers import Fill, area_layers
from map_ui.views.fills import by_count, by_parent
from map_ui.views.ground import ground_layers
from map_ui.views.view import Heading, MapView
from map_ui.words import Words


def areas(
    frame: gpd.GeoDataFrame,
    *,
    heading: Heading,
    ground: Mapping[str, gpd.GeoDataFrame] | None = None,
    level_names: Mapping[str, Words] | None = None,
) -> MapView:
    """A map of areas with the posts and persons who answer for them.

    frame: `frames.AREAS`; any number of levels. Areas that are nobody's parent are filled: by parent area, households or open cases,
    as the reader chooses. ground: `frames.GROUND`. level_names: display names of the city's own levels. Raises FrameError.
    """
    checked = check_areas(frame)
    below, ground_data = ground_layers(ground)
    made = area_layers(checked, level_names=level_names or {}, fills=_fills)
    data = {"areas": made.data, "ground": ground_data}
    return MapView("areas", heading, (*below, *made.layers), data, len(checked), *made.bounds, made.extra)


def _fills(checked: gpd.GeoDataFrame, topology: Topology) -> list[Fill]:
    return [by_parent(checked, topology), by_count(checked, "households"), by_count(checked, "open_cases")]
