"""A layer that was edited on a desktop, read as it stands, after what no edit can mean was refused by row and place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from boundaries.errors import GeometryError
from boundaries.files.columns import require_columns, text_column
from boundaries.files.crs import check_crs
from boundaries.files.geopackage import curved_rows
from boundaries.files.layers import read_layer
from boundaries.files.polygons import invalid_polygons, refuse, unusable_polygons
from boundaries.files.repair import repair_polygons
from boundaries.files.sources import Source, as_source, format_of

__all__ = ["read_edited_layer"]

_ONE_S: Final = 2.0
_ALL_S: Final = 20.0


def read_edited_layer(source: Source | Path | str, *, crs: str | None = None) -> Any:
    """Every row and column of a layer as a GeoDataFrame in the system it says (or `crs` where it says none).

    Rows without a shape are kept: parents have none. Invalid rings are kept too, for an adoption to locate what is wrong; only those
    that a child process cannot mend in a few seconds are refused, for nothing could be worked out from them here either. Raises
    FileError `unknown_column` without a column code, those of `layers.read_layer`, CrsError as `crs.check_crs`, and GeometryError
    `polygons_refused` with an item a row.
    """
    chosen = as_source(source)
    frame, layer = read_layer(chosen)
    label = f"{chosen.path.name}:{layer}" if layer != chosen.path.stem else chosen.path.name
    require_columns(["code"], [column for column in frame.columns if column != frame.geometry.name], name=label)
    codes = text_column(frame, "code").tolist()
    geoms = np.asarray(frame.geometry, dtype=object)
    said = check_crs(frame.crs, tuple(frame.total_bounds), name=label, given=crs)
    curved = curved_rows(chosen.path, layer) if format_of(chosen.path) == "geopackage" else {}
    unusable = [e for e in unusable_polygons(geoms, codes, crs=said, curved=curved) if e.code not in ("polygon_missing", "polygon_empty")]
    refuse(unusable, name=label)
    refuse(_beyond_repair(geoms, codes, said), name=label)
    return frame.set_crs(said, allow_override=True)


def _beyond_repair(geoms: NDArray[np.object_], codes: Sequence[str], crs: str) -> list[GeometryError]:
    found = invalid_polygons(geoms, codes, crs=crs)
    if not found:
        return []
    broken = geoms[[error.row for error in found if error.row is not None]]
    outcomes = repair_polygons(broken, limit_s=_ONE_S, total_s=_ALL_S)
    return [error for error, outcome in zip(found, outcomes, strict=True) if outcome.polygon is None]
