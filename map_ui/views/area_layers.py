"""Areas of several levels as layers: shared borders, one toggle a level, labels, and fills of the finest areas.

Used by every view that shows areas, as its subject or as lines beneath its points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from map_ui import style
from map_ui.frames import check_areas
from map_ui.packing import Topology, build, column, deltas, path_deltas, ring_deltas, to_steps
from map_ui.texts import text
from map_ui.views.view import Bounds, Layer, Spec, bounds_of
from map_ui.words import Language, Words, say

_READABLE_PIXELS = 7.0
"""A level's lines are drawn from the zoom at which its small areas (15th percentile) are this wide."""


@dataclass(frozen=True, slots=True)
class Fill:
    """One way to colour the finest areas. row_class: class of each row, -1 none. name: '' for the one its key has in the texts.

    classes: (colour, label), with '' for no legend entry; a third entry 'hatch' draws lines over the colour.
    """

    key: str
    classes: tuple[tuple[str, Words] | tuple[str, Words, str], ...]
    row_class: NDArray[np.int64]
    name: Words = ""


def ladder_of(areas: gpd.GeoDataFrame) -> list[str]:
    """The frame's levels, coarse to fine: known ones in the ladder's order, others by how deep their areas lie; beside-levels last."""
    parent = dict(zip(areas["code"], areas["parent_code"], strict=True))

    def depth(code: str) -> int:
        steps, seen = 0, {code}
        while (code := parent.get(code, "")) in parent and code not in seen:
            seen.add(code)
            steps += 1
        return steps

    depths: dict[str, int] = {}
    for code, level in zip(areas["code"], areas["level"], strict=True):
        depths[level] = max(depths.get(level, 0), depth(code))
    known = {level: rank for rank, level in enumerate(style.LADDER)}
    return sorted(depths, key=lambda level: (level in style.BESIDE, known.get(level, depths[level]), depths[level], level))


def level_words(level: str, names: Mapping[str, Words], language: Language) -> str:
    """A level's display name: the caller's, else ours, else the level itself."""
    return say(names[level], language) if level in names else text(f"level.{level}", language, otherwise=level)


@dataclass(frozen=True, slots=True)
class AreaLayers:
    """Areas ready for a view: its layers, its packed data, its share of the page block, its (everything, core) bounds."""

    layers: tuple[Layer, ...] = ()
    data: dict[str, Any] | None = None
    extra: Callable[[Language], Spec] = field(default=lambda language: {})
    bounds: tuple[Bounds | None, Bounds | None] = (None, None)


def area_layers(
    areas: gpd.GeoDataFrame,
    *,
    level_names: Mapping[str, Words],
    fills: Callable[[gpd.GeoDataFrame, Topology], Sequence[Fill]] | None = None,
    wait: float = 0.0,
) -> AreaLayers:
    """The layers of checked areas.

    fills: makes the ways to colour the finest areas, none by default. wait: zoom steps the lines of each level hold back beyond the
    zoom at which they are readable.
    """
    ladder = ladder_of(areas)
    topology = build(areas["geometry"].to_numpy())
    layers = tuple(
        level_layer(areas[areas["level"] == level], rank, level_names, line=style.line_of(level, rank=rank), wait=wait)
        for rank, level in enumerate(ladder)
    )
    made = list(fills(areas, topology)) if fills is not None else []
    data = {**packed_columns(areas, ladder), "arcs": path_deltas(topology.arcs), "rings": ring_deltas(topology.rings)}
    data["fills"] = {fill.key: deltas(fill.row_class) for fill in made}

    def extra(language: Language) -> Spec:
        listed = [
            {
                "key": f.key,
                "name": say(f.name, language) or text(f"fill.{f.key}", language),
                "classes": [[c[0], say(c[1], language), *c[2:]] for c in f.classes],
            }
            for f in made
        ]
        return {"fills": listed, "levels": [level_words(level, level_names, language) for level in ladder]}

    return AreaLayers(layers, data, extra, area_bounds(areas))


def border_layers(areas: gpd.GeoDataFrame | None, *, level_names: Mapping[str, Words] | None) -> AreaLayers:
    """Areas as lines beneath points, without fills; nothing when no areas are given."""
    if areas is None:
        return AreaLayers()
    return area_layers(check_areas(areas), level_names=level_names or {}, wait=1.5)


def area_bounds(areas: gpd.GeoDataFrame) -> tuple[Bounds | None, Bounds | None]:
    """(everything, core): the box of all shapes, and the box most of the finest areas lie in."""
    shapes = areas["geometry"].to_numpy()
    drawn = np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)), dtype=bool)
    if not drawn.any():
        return None, None
    west, south, east, north = (float(side) for side in shapely.total_bounds(shapes[drawn]))
    everything = (west, south, east, north)
    boxes = shapely.bounds(shapes[drawn & finest(areas)])
    middles, core = bounds_of(lons=boxes[:, [0, 2]].mean(axis=1), lats=boxes[:, [1, 3]].mean(axis=1))
    # With few areas, or evenly spread ones, the middles say little: then all of it is the core.
    return everything, core if len(boxes) >= 50 and core != middles else everything


def finest(areas: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Rows that are nobody's parent and nest in the ladder: together they tile the city."""
    parents = set(areas["parent_code"])
    return np.asarray(~areas["code"].isin(parents) & ~areas["level"].isin(style.BESIDE), dtype=bool)


def level_layer(rows: gpd.GeoDataFrame, rank: int, names: Mapping[str, Words], *, line: style.Line, wait: float = 0.0) -> Layer:
    """The layer of a level's areas. rows: all of one level, at least one; rank: the level's place in the ladder."""
    level = str(rows["level"].iloc[0])

    def spec(language: Language) -> Spec:
        look = {"colour": line.colour, "width": line.width, "dash": list(line.dash), "casing": line.casing}
        return {
            "name": level_words(level, names, language),
            "rank": rank,
            "line": look,
            "beside": level in style.BESIDE,
            "named": level not in style.UNNAMED | style.BESIDE,
        }

    return Layer(f"level_{rank}", "areas", len(rows), spec, _readable_from(rows, wait))


def _readable_from(rows: gpd.GeoDataFrame, wait: float) -> float:
    boxes = shapely.bounds(rows["geometry"].to_numpy())
    boxes = boxes[~np.isnan(boxes).any(axis=1)]
    if not len(boxes):
        return 0.0
    # On Leaflet's square world a degree of longitude is 256 * 2^zoom / 360 pixels wide.
    widths = np.sqrt(np.maximum(boxes[:, 2] - boxes[:, 0], 1e-7) * np.maximum(boxes[:, 3] - boxes[:, 1], 1e-7))
    typical = float(np.quantile(widths, 0.15))
    readable = float(np.floor(np.log2(_READABLE_PIXELS * 360 / (256 * typical)) * 2) / 2)
    return max(0.0, min(18.0, readable + wait if readable > 0 else 0.0))


def packed_columns(areas: gpd.GeoDataFrame, ladder: list[str]) -> dict[str, Any]:
    """What the page knows of areas besides their shapes: one entry a row in every list, level as the place in the ladder."""
    place = {code: row for row, code in enumerate(areas["code"])}
    rank = {level: number for number, level in enumerate(ladder)}
    shapes = areas["geometry"].to_numpy()
    points = shapely.get_coordinates(shapely.point_on_surface(np.where(shapely.is_missing(shapes), shapely.Point(), shapes)))
    drawn = np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)), dtype=bool)
    labels = np.zeros((len(areas), 2), dtype="int64")
    labels[drawn] = to_steps(points)
    return {
        "code": list(areas["code"]),
        "name": column(areas["name"]),
        "level": [rank[level] for level in areas["level"]],
        "parent": [place.get(code, -1) for code in areas["parent_code"]],
        "shares": [place.get(code, -1) for code in areas["shares_face_of"]],
        "finest": finest(areas).astype(int).tolist(),
        "worker": column(areas["worker"]),
        "post": column(areas["post"]),
        "households": areas["households"].tolist(),
        "open_cases": areas["open_cases"].tolist(),
        "label": path_deltas([labels])["xy"] if len(labels) else [],
    }
