"""The view of facilities: service centres, compound stations and compounds, with their hours, phones and services."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from map_ui import style
from map_ui.frames import FACILITIES, FACILITY_KINDS, check
from map_ui.texts import named, text, valued
from map_ui.views.area_layers import border_layers, level_words
from map_ui.views.ground import ground_layers
from map_ui.views.points import Facet, Field, point_layer
from map_ui.views.view import Heading, MapView, bounds_of
from map_ui.words import Words

_FIELDS = ("name", "kind", "level", "distinction", "address", "phone", "opening_hours", "services", "facility_id")
_DISTINCTIONS = ("demonstration", "five_star", "plain")
_LEAST_ZOOM = {"service_centre": 0.0, "station": 11.5, "compound": 13.5}


def facilities(
    frame: pd.DataFrame,
    *,
    heading: Heading,
    areas: gpd.GeoDataFrame | None = None,
    ground: Mapping[str, gpd.GeoDataFrame] | None = None,
    level_names: Mapping[str, Words] | None = None,
) -> MapView:
    """A map of facilities; demonstration stations and five-star compounds carry a star.

    frame: `frames.FACILITIES`. areas: borders to draw beneath, as for the view of areas. ground: `frames.GROUND`. Raises FrameError.
    """
    checked = check(frame, FACILITIES, what="facilities")
    checked["distinction"] = np.select([checked["demonstration"], checked["five_star"]], _DISTINCTIONS[:2], default="plain").astype(object)
    names = level_names or {}
    below, ground_data = ground_layers(ground)
    borders = border_layers(areas, level_names=level_names)
    levels = tuple(dict.fromkeys(level for level in (*style.LADDER, *sorted(checked["level"])) if level in set(checked["level"])))
    layer, points = point_layer(
        checked,
        key="facilities",
        name=lambda language: text("view.facilities", language),
        facets=[
            Facet(
                "kind",
                FACILITY_KINDS,
                named("facility.kind"),
                valued("kind"),
                symbols=style.FACILITIES,
                draws=True,
                least_zoom=_LEAST_ZOOM,
            ),
            Facet(
                "distinction",
                _DISTINCTIONS,
                named("facility.distinction"),
                valued("distinction"),
                badges=_DISTINCTIONS[:2],
                quiet=("plain",),
            ),
            Facet("level", levels, named("facility.level"), lambda level, language: level_words(level, names, language), ranks=True),
        ],
        fields=[Field(name, named(f"facility.{name}")) for name in _FIELDS],
        title="name",
        searched=("name", "address", "services"),
        counted=False,
    )
    bounds = bounds_of(lons=checked["lon"].to_numpy(), lats=checked["lat"].to_numpy()) if len(checked) else borders.bounds
    data = {"ground": ground_data, "areas": borders.data, "points": {"facilities": points}}
    return MapView("facilities", heading, (*below, *borders.layers, layer), data, len(checked), *bounds, borders.extra)
