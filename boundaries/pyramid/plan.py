"""What is drawn from which zoom on: one layer a level of the ladder, the leaves as one coverage, levels beside the ladder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from boundaries.model import AreaVersion, Level

__all__ = ["BUFFER", "EXTENT", "LABELS", "MAX_ZOOM", "MIN_ZOOM", "LayerPlan", "plan_layers"]

EXTENT: Final = 4096
"""Units along a tile's side."""
BUFFER: Final = 64
"""Units a tile reaches over its own edge, so that strokes there are whole."""
MIN_ZOOM: Final = 6
MAX_ZOOM: Final = 14
"""The last zoom with tiles of its own: a unit is half a metre there; maps zoom in further on the same tiles."""
LABELS: Final = "label"
"""The layer of label points: a polygon cut into tiles would carry its name once a piece."""
_LEAD: Final = 3  # a choropleth colours areas long before they are large enough to be named


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """A layer: its name, the areas in it, the zoom it starts at, and the zoom from which its areas carry names.

    leaves: it is the coverage of all leaves, whatever their level. nests: its areas are made of leaves (False beside the ladder).
    """

    name: str
    areas: tuple[AreaVersion, ...]
    first_zoom: int
    label_zoom: int
    leaves: bool = False
    nests: bool = True


def plan_layers(members: Sequence[AreaVersion], levels: Sequence[Level]) -> list[LayerPlan]:
    """The layers of a city, coarse to fine, those beside the ladder last. Levels without areas have no layer.

    The finest layer holds every leaf, so that together they fill the city: rest leaves and villages too. It is named after the first
    level that owns shapes (micro_grid); a level of leaves below it (rest) has no layer of its own. A level starts three zooms before
    the zoom at which the city shows it.
    """
    ladder = sorted((level for level in levels if level.rank is not None), key=lambda level: level.rank or 0)
    own = [level.name for level in ladder if level.leaf]
    nesting = {level.name for level in ladder}
    leaves = [area for area in members if area.level in nesting and area.geometry is not None]
    beside = [level for level in levels if level.rank is None]
    planned = [(level, _of(members, level.name), False, True) for level in ladder if level.name not in own]
    planned += [(level, tuple(sorted(leaves, key=lambda area: area.code)), True, True) for level in ladder if level.name in own[:1]]
    planned += [(level, _of(members, level.name), False, False) for level in beside]
    return [
        LayerPlan(level.name, areas, _zoom(level.shown_from_zoom - _LEAD), _zoom(level.shown_from_zoom), is_leaves, nests)
        for level, areas, is_leaves, nests in planned
        if areas
    ]


def _of(members: Sequence[AreaVersion], level: str) -> tuple[AreaVersion, ...]:
    return tuple(sorted((area for area in members if area.level == level), key=lambda area: area.code))


def _zoom(zoom: float) -> int:
    return min(max(math.floor(zoom), MIN_ZOOM), MAX_ZOOM)
