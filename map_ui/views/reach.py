"""The view of reach: facilities with circles around them, areas by the share of households within them, households farther away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from map_ui import style
from map_ui.frames import FACILITIES, FACILITY_KINDS, check, check_areas
from map_ui.packing import Topology, column
from map_ui.style import Symbol
from map_ui.texts import named, text, valued
from map_ui.views.area_layers import Fill, area_layers, finest
from map_ui.views.ground import ground_layers
from map_ui.views.points import Facet, Field, point_layer
from map_ui.views.view import Heading, Layer, MapView, Spec
from map_ui.words import Language, Words, say

FIFTHS = (20, 40, 60, 80)
"""Shares in per cent at which a class begins."""
_SPOT = "M12 6a6 6 0 1 0 0 12a6 6 0 1 0 0-12Z"
_DIAMOND = "M12 4L20 12L12 20L4 12Z"
_CROSS = "M5 7L7 5L12 10L17 5L19 7L14 12L19 17L17 19L12 14L7 19L5 17L10 12Z"
_BANDS = (Symbol(_SPOT, "#7c8a94", "#ffffff", 9), Symbol(_DIAMOND, "#c77f3a", "#ffffff", 11), Symbol(_CROSS, "#b3261e", "#ffffff", 12))
_FIELDS = ("name", "kind", "level", "address", "phone", "opening_hours")


@dataclass(frozen=True, slots=True)
class Within:
    """The households of areas within a distance. shares: code -> per cent; texts: code -> how details tell it."""

    distance_m: int
    shares: Mapping[str, float]
    texts: Mapping[str, str]


def reach(
    frame: gpd.GeoDataFrame,
    within: Sequence[Within],
    *,
    facilities: pd.DataFrame,
    far: pd.DataFrame,
    heading: Heading,
    note: Words = "",
    ground: Mapping[str, gpd.GeoDataFrame] | None = None,
    level_names: Mapping[str, Words] | None = None,
) -> MapView:
    """A map of how far households have to go, in a straight line.

    frame: `frames.AREAS`; areas that are nobody's parent are coloured. within: up to three distances, ascending. facilities:
    `frames.FACILITIES`. far: addresses beyond the shortest distance: lon, lat, households, distance_m, band (0 for beyond the first
    distance, 1 beyond the second ...), area. note: a line over the legend. Raises FrameError.
    """
    checked, places = check_areas(frame), check(facilities, FACILITIES, what="facilities")
    below, ground_data = ground_layers(ground)

    def fills(areas: gpd.GeoDataFrame, _: Topology) -> list[Fill]:
        return [_fill(areas, one) for one in within]

    made = area_layers(checked, level_names=level_names or {}, fills=fills)
    told = [column(one.texts.get(code, "") for code in checked["code"]) for one in within]
    homes, home_points = _far_layer(far, [one.distance_m for one in within])
    layer, points = _facility_layer(places)
    data = {
        "areas": {**(made.data or {}), "told": told},
        "ground": ground_data,
        "points": {"far": home_points, "facilities": points},
    }

    def extra(language: Language) -> Spec:
        circles = [{"metres": one.distance_m, "label": text("reach.circle", language).format(n=one.distance_m)} for one in within]
        names = [_metres(one.distance_m, language) for one in within]
        return {
            **made.extra(language),
            "told": names,
            "note": say(note, language),
            "circles": circles,
            "circles_name": text("reach.circles", language),
        }

    return MapView("reach", heading, (*below, *made.layers, homes, layer), data, len(checked), *made.bounds, extra)


def _fill(areas: gpd.GeoDataFrame, one: Within) -> Fill:
    """Five classes of 20 per cent each; hatched where nobody lives."""
    rows = finest(areas) & areas["code"].isin(one.shares.keys()).to_numpy()
    values = np.array([one.shares.get(code, 0.0) for code in areas["code"]], dtype="float64")
    legend: list[tuple[str, Words] | tuple[str, Words, str]] = [
        (colour, f"{start}–{end}%") for colour, start, end in zip(style.REACH_TINTS, (0, *FIFTHS), (*FIFTHS, 100), strict=True)
    ]
    classes = np.where(rows, np.searchsorted(FIFTHS, values, side="right"), -1).astype("int64")
    empty = finest(areas) & ~rows
    if empty.any():
        classes[empty] = len(legend)
        legend.append((style.WITHHELD, {"zh-CN": text("reach.nobody", "zh-CN"), "en": text("reach.nobody", "en")}, "hatch"))
    words: Words = {language: _metres(one.distance_m, language) for language in ("zh-CN", "en")}
    return Fill(f"within_{one.distance_m}", tuple(legend), classes, words)


def _metres(distance_m: int, language: Language) -> str:
    return text("reach.within", language).format(n=distance_m)


def _far_layer(far: pd.DataFrame, distances_m: Sequence[int]) -> tuple[Layer, dict[str, Any]]:
    bands = tuple(str(number) for number in range(len(distances_m)))
    chosen = (*_BANDS[: len(bands) - 1], _BANDS[-1])[-len(bands) :] if bands else ()
    frame = far.assign(band=far["band"].astype(int).astype(str), title=far["area"], households=far["households"].astype(str))

    def label(value: str, language: Language) -> str:
        at = int(value)
        if at + 1 < len(distances_m):
            return text("reach.between", language).format(n=distances_m[at], m=distances_m[at + 1])
        return text("reach.beyond", language).format(n=distances_m[at])

    return point_layer(
        frame.assign(distance_m=[f"{metres:,.0f}" for metres in far["distance_m"]]),
        key="far",
        name=lambda language: text("reach.far", language),
        facets=[
            Facet(
                "band",
                bands,
                named("reach.band"),
                label,
                symbols=dict(zip(bands, chosen, strict=True)),
                draws=True,
                least_zoom={bands[0]: 13.0, **dict.fromkeys(bands[1:-1], 11.5), bands[-1]: 9.0} if bands else None,
            )
        ],
        fields=[Field(name, named(f"reach.{name}")) for name in ("band", "distance_m", "households")],
        title="title",
        searched=("title",),
        counted=False,
    )


def _facility_layer(places: pd.DataFrame) -> tuple[Layer, dict[str, Any]]:
    return point_layer(
        places,
        key="facilities",
        name=lambda language: text("view.facilities", language),
        facets=[Facet("kind", FACILITY_KINDS, named("facility.kind"), valued("kind"), symbols=style.FACILITIES, draws=True)],
        fields=[Field(name, named(f"facility.{name}")) for name in _FIELDS],
        title="name",
        searched=("name", "address"),
        counted=False,
    )
