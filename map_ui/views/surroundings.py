"""Which areas of a whole city are worth drawing when only some of them are spoken about."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from map_ui import style

_OUTLINES_OF = 120
"""Levels with at most this many areas are drawn whole: they say where in the city one is."""
_LEAST_DEGREES, _MOST_DEGREES = 0.0015, 0.01
"""The surroundings reach as far as the thing is wide, within these bounds (some 150 m and 1 km)."""


def drawn_rows(areas: gpd.GeoDataFrame, spoken: NDArray[np.int64], near: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows of checked areas to draw: those spoken about, what lies around them, what they lie in, and all of coarse levels.

    spoken: rows, -1 for none. near: one for each of `spoken`, whether its surroundings are drawn.
    """
    drawn = np.zeros(len(areas), dtype=bool)
    drawn[spoken[spoken >= 0]] = True
    counts = areas["level"].value_counts()
    coarse = [level for level in counts.index if counts[level] <= _OUTLINES_OF and level not in style.BESIDE]
    drawn |= np.asarray(areas["level"].isin(coarse), dtype=bool)
    around = _boxes_around(areas, spoken[near & (spoken >= 0)])
    others = np.flatnonzero(~drawn)
    tree = shapely.STRtree(areas["geometry"].to_numpy()[others])
    drawn[others[np.unique(tree.query(around, predicate="intersects")[1])]] = True
    _with_owners(areas, drawn)
    return drawn


def _boxes_around(areas: gpd.GeoDataFrame, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    boxes = shapely.bounds(areas["geometry"].to_numpy()[rows])
    boxes = boxes[~np.isnan(boxes).any(axis=1)]
    wide = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    reach = np.clip(wide, _LEAST_DEGREES, _MOST_DEGREES)
    made: NDArray[np.object_] = np.atleast_1d(
        shapely.box(boxes[:, 0] - reach, boxes[:, 1] - reach, boxes[:, 2] + reach, boxes[:, 3] + reach)
    )
    return made


def _with_owners(areas: gpd.GeoDataFrame, drawn: NDArray[np.bool_]) -> None:
    """An area without a shape of its own is nothing without the one whose shape it shares."""
    place = {code: row for row, code in enumerate(areas["code"])}
    for row in np.flatnonzero(drawn & np.asarray(areas["shares_face_of"] != "", dtype=bool)):
        drawn[place[areas["shares_face_of"].iat[row]]] = True
