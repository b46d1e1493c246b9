"""Ways to colour the finest areas: by parent, by households, by open cases. A new view brings its own."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from map_ui import style
from map_ui.packing import Topology
from map_ui.views.area_layers import Fill, finest


def by_parent(areas: gpd.GeoDataFrame, topology: Topology) -> Fill:
    """Areas of one parent share a tint and neighbouring parents differ (greedy colouring; the order of codes decides)."""
    rows = finest(areas)
    parents = areas["parent_code"].to_numpy()
    touching: dict[str, set[str]] = {str(parent): set() for parent in parents[rows]}
    for a, b in topology.neighbours():
        if rows[a] and rows[b] and parents[a] != parents[b]:
            touching[parents[a]].add(parents[b])
            touching[parents[b]].add(parents[a])
    tint: dict[str, int] = {}
    used = np.zeros(len(style.PARENT_TINTS), dtype=int)
    for parent in sorted(touching):
        taken = {tint[other] for other in touching[parent] if other in tint}
        # Of the tints that are free the least used one, so that the map does not run on two colours.
        free = [number for number in range(len(used)) if number not in taken] or list(range(len(used)))
        tint[parent] = min(free, key=lambda number: (used[number], number))
        used[tint[parent]] += 1
    classes = np.array([tint[parent] if row else -1 for parent, row in zip(parents, rows, strict=True)], dtype="int64")
    return Fill("parent", tuple((colour, "") for colour in style.PARENT_TINTS), classes)


def by_count(areas: gpd.GeoDataFrame, column: str) -> Fill:
    """Up to five classes of a whole-number column, equally filled as far as its values allow; labels name the real values."""
    rows = finest(areas)
    values = areas[column].to_numpy(dtype="int64")
    if not rows.any():
        return Fill(column, (), np.full(len(areas), -1, dtype="int64"))
    starts = class_starts(values[rows], len(style.LOAD_TINTS))
    highest = int(values[rows].max())
    ends = [*(start - 1 for start in starts[1:]), highest]
    colours = [style.LOAD_TINTS[round(i * (len(style.LOAD_TINTS) - 1) / max(len(starts) - 1, 1))] for i in range(len(starts))]
    labels = [f"{start}" if start >= end else f"{start}–{end}" for start, end in zip(starts, ends, strict=True)]
    classes = np.where(rows, np.searchsorted(np.array(starts), values, side="right") - 1, -1)
    return Fill(column, tuple(zip(colours, labels, strict=True)), classes.astype("int64"))


def class_starts(values: NDArray[np.int64], count: int) -> list[int]:
    """Smallest value of each class: 0 stands alone when it occurs often, the rest at quantiles."""
    quantiles = np.quantile(values, np.arange(1, count) / count, method="lower").astype("int64")
    starts = sorted({int(values.min()), *(int(value) for value in quantiles)})
    if starts[0] == 0 and len(starts) > 1 and (values == 0).mean() > 0.15:
        starts = sorted({0, int(values[values > 0].min()), *starts[1:]})[:count]
    return starts
