"""The view of loads and rates: areas coloured by figures of theirs, one at a time; figures over too few cases are hatched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from map_ui import style
from map_ui.frames import check_areas
from map_ui.packing import Topology, column
from map_ui.texts import text
from map_ui.views.area_layers import Fill, area_layers, finest
from map_ui.views.fills import class_starts
from map_ui.views.ground import ground_layers
from map_ui.views.view import Heading, MapView, Spec
from map_ui.words import Language, Words, say

TENTH = 10
"""Figures are told to one decimal; classes are made of tenths."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of every area. values: code -> value, None where it is withheld; areas without an entry have no such figure.

    texts: code -> the figure as details tell it, with what it was counted from. unit: stands behind a value, '' for none.
    """

    key: str
    name: Words
    values: Mapping[str, float | None]
    texts: Mapping[str, str]
    unit: str = ""


def load(
    frame: gpd.GeoDataFrame,
    figures: Sequence[Figure],
    *,
    heading: Heading,
    note: Words = "",
    ground: Mapping[str, gpd.GeoDataFrame] | None = None,
    level_names: Mapping[str, Words] | None = None,
) -> MapView:
    """A map of areas coloured by the figure the reader chooses; the first one at the beginning.

    frame: `frames.AREAS`; areas that are nobody's parent are coloured. figures: their keys differ. note: a line over the
    legend, such as the period. Raises FrameError.
    """
    checked = check_areas(frame)
    below, ground_data = ground_layers(ground)

    def fills(areas: gpd.GeoDataFrame, _: Topology) -> list[Fill]:
        return [_fill(areas, figure) for figure in figures]

    made = area_layers(checked, level_names=level_names or {}, fills=fills)
    told = [column(figure.texts.get(code, "") for code in checked["code"]) for figure in figures]
    data = {"areas": {**(made.data or {}), "told": told}, "ground": ground_data}

    def extra(language: Language) -> Spec:
        return {**made.extra(language), "told": [say(figure.name, language) for figure in figures], "note": say(note, language)}

    return MapView("load", heading, (*below, *made.layers), data, len(checked), *made.bounds, extra)


def _fill(areas: gpd.GeoDataFrame, figure: Figure) -> Fill:
    """Up to five classes from light to dark, equally filled as far as the values allow, and one for what is withheld."""
    rows = finest(areas) & areas["code"].isin(figure.values.keys()).to_numpy()
    values = np.array([figure.values.get(code) if row else None for code, row in zip(areas["code"], rows, strict=True)], dtype="float64")
    tenths = np.round(np.nan_to_num(values) * TENTH).astype("int64")
    known = rows & ~np.isnan(values)
    classes = np.full(len(areas), -1, dtype="int64")
    legend: list[tuple[str, Words] | tuple[str, Words, str]] = []
    if known.any():
        starts = class_starts(tenths[known], len(style.LOAD_TINTS))
        ends = [*(start - 1 for start in starts[1:]), int(tenths[known].max())]
        last = len(style.LOAD_TINTS) - 1
        legend += [
            (style.LOAD_TINTS[round(at * last / max(len(starts) - 1, 1))], _range(start, end, figure.unit))
            for at, (start, end) in enumerate(zip(starts, ends, strict=True))
        ]
        classes[known] = np.searchsorted(np.array(starts), tenths[known], side="right") - 1
    if (rows & ~known).any():
        classes[rows & ~known] = len(legend)
        legend.append((style.WITHHELD, {"zh-CN": text("fill.few", "zh-CN"), "en": text("fill.few", "en")}, "hatch"))
    return Fill(figure.key, tuple(legend), classes, figure.name)


def _range(start: int, end: int, unit: str) -> str:
    first, last = start / TENTH, end / TENTH
    return f"{first:.1f}{unit}" if start >= end else f"{first:.1f}–{last:.1f}{unit}"
