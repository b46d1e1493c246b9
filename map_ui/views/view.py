"""What every view is made of: a heading, layers, and the places to look at first. Language-free until it is rendered.

A view is built once from checked frames and rendered in any language. New views (load, gaps of the responsibility matrix, reach,
...) use the same layers: areas with other fills, points with other facets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from map_ui.words import Language, Words, say

Spec = dict[str, Any]
Bounds = tuple[float, float, float, float]
"""west, south, east, north in degrees."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a page says about itself.

    city: shown before the view's title. generation: number of the boundaries drawn, None where none was published. as_of: day of the
    data. source: one line. synthetic: the page then says that shapes and places are made up.
    """

    city: Words
    as_of: date
    generation: int | None = None
    source: Words = ""
    synthetic: bool = False


def heading_spec(heading: Heading, language: Language) -> Spec:
    """A heading as the page gets it."""
    return {
        "city": say(heading.city, language),
        "generation": heading.generation,
        "as_of": heading.as_of.isoformat(),
        "source": say(heading.source, language),
        "synthetic": heading.synthetic,
    }


@dataclass(frozen=True, slots=True)
class Layer:
    """One thing on the map that can be switched: a level of areas, a part of the ground, a set of points.

    key: unique in the view. drawer: the script that draws it (areas | ground | points). spec: what legend and drawer need, in one
    language. rows: how many things it holds. shown_from_zoom: below it the layer waits. shown: drawn when the page opens.
    """

    key: str
    drawer: str
    rows: int
    spec: Callable[[Language], Spec]
    shown_from_zoom: float = 0.0
    shown: bool = True


@dataclass(frozen=True, slots=True)
class MapView:
    """A view ready to be rendered. name: areas | cases | facilities | ...; data: the packed block, the same in every language.

    extra: more of the page block, in one language (fills, facets that span layers). everything and core: bounds of all rows and of
    the dense part, None when there is no row at all. rows: rows of the frame the view is about. paired: two maps that move together,
    before and after; the layers are switched on both.
    """

    name: str
    heading: Heading
    layers: tuple[Layer, ...]
    data: Mapping[str, Any]
    rows: int
    everything: Bounds | None
    core: Bounds | None
    extra: Callable[[Language], Spec] = field(default=lambda language: {})
    paired: bool = False


def bounds_of(*, lons: NDArray[np.float64], lats: NDArray[np.float64]) -> tuple[Bounds | None, Bounds | None]:
    """(everything, core): the box of all points, and the box of the half of them nearest to the median point if that is far smaller.

    Grids crowd in a valley that is a hundredth of the city: the core is where a reader wants to start.
    """
    if not len(lons):
        return None, None
    everything = _box(lons, lats)
    squeeze = np.cos(np.radians(np.median(lats)))
    away = np.maximum(np.abs(lons - np.median(lons)) * squeeze, np.abs(lats - np.median(lats)))
    near = away <= np.quantile(away, 0.5)
    core = _box(lons[near], lats[near])
    return everything, core if _extent(core) < 0.15 * _extent(everything) else everything


def _box(lons: NDArray[np.float64], lats: NDArray[np.float64]) -> Bounds:
    return float(lons.min()), float(lats.min()), float(lons.max()), float(lats.max())


def _extent(bounds: Bounds) -> float:
    return (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])


def widen(bounds: Bounds, *, least_degrees: float = 0.004) -> Bounds:
    """The box, at least some 400 m wide and high, so that one point alone is shown with its surroundings."""
    west, south, east, north = bounds
    grow_lon, grow_lat = max(0.0, least_degrees - (east - west)) / 2, max(0.0, least_degrees - (north - south)) / 2
    return west - grow_lon, south - grow_lat, east + grow_lon, north + grow_lat
