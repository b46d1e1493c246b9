"""The view of what a responsibility matrix leaves open: areas where nobody leads for something, or several claim to."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np

from map_ui.frames import check_areas
from map_ui.packing import Topology, column
from map_ui.texts import text
from map_ui.views.area_layers import Fill, area_layers, finest
from map_ui.views.ground import ground_layers
from map_ui.views.view import Heading, MapView, Spec
from map_ui.words import Language, Words, say

CLASSES = (("clear", "#e3ece5", ""), ("gap", "#c8372d", ""), ("double", "#e0a21b", "hatch"), ("both", "#7a1f5c", "hatch"))
"""(what is true of an area, its colour, how it is drawn): told apart by shape too, for whoever does not see colours."""


def gaps(
    frame: gpd.GeoDataFrame,
    *,
    missing: Mapping[str, str],
    doubled: Mapping[str, str],
    heading: Heading,
    note: Words = "",
    ground: Mapping[str, gpd.GeoDataFrame] | None = None,
    level_names: Mapping[str, Words] | None = None,
) -> MapView:
    """A map of areas by whether everything in them has exactly one lead.

    frame: `frames.AREAS`; areas that are nobody's parent are coloured. missing, doubled: code of such an area -> the categories that
    nobody leads for, or that several claim, in words; areas without an entry are in order. note: a line over the legend. FrameError.
    """
    checked = check_areas(frame)
    below, ground_data = ground_layers(ground)

    def fills(areas: gpd.GeoDataFrame, _: Topology) -> list[Fill]:
        rows = finest(areas)
        lacking, claimed = (areas["code"].isin(found.keys()).to_numpy() for found in (missing, doubled))
        classes = np.where(rows, lacking + 2 * claimed, -1).astype("int64")
        shown = [(colour, _words(f"gaps.{name}"), hatch) for name, colour, hatch in CLASSES]
        return [Fill("gaps", tuple((colour, words, hatch) if hatch else (colour, words) for colour, words, hatch in shown), classes)]

    made = area_layers(checked, level_names=level_names or {}, fills=fills)
    told = [column(found.get(code, "") for code in checked["code"]) for found in (missing, doubled)]
    data = {"areas": {**(made.data or {}), "told": told}, "ground": ground_data}

    def extra(language: Language) -> Spec:
        names = [text(f"gaps.{name}", language) for name in ("gap", "double")]
        return {**made.extra(language), "told": names, "note": say(note, language)}

    return MapView("gaps", heading, (*below, *made.layers), data, len(checked), *made.bounds, extra)


def _words(key: str) -> Words:
    return {"zh-CN": text(key, "zh-CN"), "en": text(key, "en")}
