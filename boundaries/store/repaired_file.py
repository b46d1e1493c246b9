"""Repaired areas as a GeoPackage of their own: a layer a level, to be looked at, or imported like any other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from geopandas import GeoDataFrame

from boundaries.errors import FileError
from boundaries.files import write_layers
from boundaries.geometry import union_by
from boundaries.store.importing import Assembled

__all__ = ["write_repaired"]

_COLUMNS: Final = ("code", "name", "parent_code", "kind", "households")


def write_repaired(found: Assembled, target: Path, *, sources: Sequence[Path] = ()) -> Path:
    """Writes the areas in their metric system, a layer a level (columns code, name, parent_code, kind, households), and returns the path.

    Parents have the union of their leaves; areas without any shape are left out. Raises FileError `target_is_source` for one of
    `sources`, `format_unknown` for anything but a GeoPackage, `write_failed`.
    """
    if target.exists() and any(source.exists() and target.samefile(source) for source in sources):
        raise FileError("target_is_source", en="{path} is the file that was read.", zh="{path} 就是所读取的文件。", path=target.name)
    areas = _with_parents(found.areas)
    layers = {str(level): rows[[*_COLUMNS, "geometry"]] for level, rows in areas[areas.geometry.notna()].groupby("level", sort=False)}
    return write_layers(layers, target)


def _with_parents(areas: GeoDataFrame) -> GeoDataFrame:
    """The frame with derived shapes of parents. Rows of one code on two levels are told apart by the levels' order."""
    shapes = np.array(areas.geometry.array, dtype=object)
    levels: list[str] = list(dict.fromkeys(areas["level"]))
    of_level = areas["level"].to_numpy()
    codes, parents = areas["code"].to_numpy(), areas["parent_code"].fillna("").to_numpy()
    for level in reversed(levels):
        rows = np.flatnonzero((of_level == level) & areas.geometry.isna().to_numpy())
        below = np.flatnonzero(np.isin(parents, codes[rows]) & (of_level != level))
        derived = union_by(shapes[below], parents[below])
        for row in rows.tolist():
            shapes[row] = derived.get(codes[row])
    return areas.set_geometry(shapes, crs=areas.crs)
