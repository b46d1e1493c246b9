"""The view of cases: each where it was reported, by light and state; numbers where they crowd."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from map_ui import style
from map_ui.frames import CASES, LIGHTS, STATES, check
from map_ui.texts import named, text, valued
from map_ui.views.area_layers import border_layers
from map_ui.views.ground import ground_layers
from map_ui.views.points import Facet, Field, point_layer
from map_ui.views.view import Heading, MapView, bounds_of
from map_ui.words import Words

_FIELDS = ("tracking_number", "state", "light", "category", "title", "description", "received_at", "area_name", "worker")


def cases(
    frame: pd.DataFrame,
    *,
    heading: Heading,
    areas: gpd.GeoDataFrame | None = None,
    ground: Mapping[str, gpd.GeoDataFrame] | None = None,
    level_names: Mapping[str, Words] | None = None,
) -> MapView:
    """A map of cases, with their states and lights counted in the legend.

    frame: `frames.CASES`, of any length (20,000 open and pan well); a case without a position is not drawn, and the legend says how
    many there are. areas: borders to draw beneath, as for the view of areas.
    ground: `frames.GROUND`. Raises FrameError.
    """
    checked = check(frame, CASES, what="cases")
    placed = checked[checked["lon"].notna() & checked["lat"].notna()].reset_index(drop=True)
    unplaced = len(checked) - len(placed)
    below, ground_data = ground_layers(ground)
    borders = border_layers(areas, level_names=level_names)
    layer, points = point_layer(
        placed,
        key="cases",
        name=lambda language: text("view.cases", language),
        facets=[
            Facet("light", LIGHTS, named("case.light"), valued("light"), symbols=style.LIGHTS, draws=True),
            Facet("state", STATES, named("case.state"), valued("state")),
        ],
        fields=[Field(name, named(f"case.{name}")) for name in _FIELDS],
        title="title",
        searched=("tracking_number", "title", "area_name"),
        counted=True,
        unplaced=unplaced,
    )
    bounds = bounds_of(lons=placed["lon"].to_numpy(), lats=placed["lat"].to_numpy()) if len(placed) else borders.bounds
    data = {"ground": ground_data, "areas": borders.data, "points": {"cases": points}}
    return MapView("cases", heading, (*below, *borders.layers, layer), data, len(placed), *bounds, borders.extra)
