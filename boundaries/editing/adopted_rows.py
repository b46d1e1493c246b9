"""The rows of an edited file, brought back to the vertices of the map: what a desktop program rounded is undone before comparing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from geopandas import GeoDataFrame

from boundaries.editing.noding import object_array
from boundaries.editing.vertices import Floats, best_on_edge, edges_of
from boundaries.editing.workspace import Workspace
from boundaries.errors import CrsError
from boundaries.files.columns import require_columns, text_column
from boundaries.files.crs import crs_name
from boundaries.geometry import to_metric

__all__ = ["Row", "read_rows"]

_SNAP_M: Final = 0.02
_SHIFT_M: Final = 50.0


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file. shape: metres on the 1 mm grid, snapped; None where the file has none. '' for columns it lacks."""

    number: int
    code: str
    name: str
    parent_code: str
    shape: Any


def read_rows(workspace: Workspace, frame: GeoDataFrame) -> list[Row]:
    """The rows, in their order, of leaves and of areas without a shape; rows of levels beside the ladder are left out.

    frame: columns code and geometry, where known name, parent_code (or parent) and level; its reference system may be any that is
    named. Vertices within 2 cm of one of the map's become that one, new ones within 2 cm of a border lie on it. Raises FileError
    `unknown_column`, CrsError `crs_missing`, EditError SHIFTED where the file as a whole lies beside the map.
    """
    require_columns(["code"], frame.columns, name="the file")
    if frame.crs is None:
        raise CrsError("crs_missing", en="The file names no reference system.", zh="文件没有坐标参考系。")
    parent_column = next((name for name in ("parent_code", "parent") if name in frame.columns), "")
    columns = [("code", "code"), ("name", "name"), ("parent", parent_column), ("level", "level")]
    texts = {field: text_column(frame, column).tolist() if column in frame.columns else [""] * len(frame) for field, column in columns}
    shapes = _snapped(workspace, to_metric(np.asarray(frame.geometry, dtype=object), workspace.metric_crs, source_crs=crs_name(frame.crs)))
    ranks = {name: level.rank for name, level in workspace.levels.items()}
    return [
        Row(number, code, name, parent, None if shape is None or shape.is_empty else shape)
        for number, (code, name, parent, level, shape) in enumerate(
            zip(texts["code"], texts["name"], texts["parent"], texts["level"], shapes, strict=True)
        )
        if ranks.get(level, 0) is not None
    ]


def _snapped(workspace: Workspace, shapes: Any) -> Any:
    """The shapes with the vertices that they mean."""
    shapes = object_array(_tidied(shape) for shape in shapes)  # desktop programs write every polygon as one of a multipolygon
    _, base = workspace.polygons()
    known = np.unique(shapely.get_coordinates(base), axis=0)
    mine = np.unique(shapely.get_coordinates(shapes), axis=0)
    keys = known.view(np.complex128).ravel()
    strange = ~np.isin(mine.view(np.complex128).ravel(), keys)
    if not strange.any():
        return shapes
    asked = mine[strange]
    points = shapely.points(asked)
    which, nearest = shapely.STRtree(shapely.points(known)).query_nearest(points, max_distance=_SNAP_M, all_matches=False)
    meant = asked.copy()
    meant[which] = known[nearest]
    new = np.setdiff1d(np.arange(len(asked)), which)
    _check_shift(workspace, shapes, len(new), len(mine))
    for position in new.tolist():
        meant[position] = _on_border(workspace, asked[position])
    table = dict(zip(map(tuple, asked.tolist()), meant, strict=True))

    def put(xy: Floats) -> Floats:
        return np.array([table.get(pair, pair) for pair in map(tuple, xy.tolist())], dtype=np.float64).reshape(-1, 2)

    moved = shapely.transform(shapes, put)
    tidy = [_tidied(shape) for shape in moved]
    return object_array(tidy)


def _tidied(shape: Any) -> Any:
    if shape is None or shape.is_empty:
        return None
    try:
        tidy = shapely.remove_repeated_points(shape, 0.0)
    except shapely.GEOSException:  # a ring fell into a point: as it is, it is found invalid
        return shape
    return shapely.get_parts(tidy)[0] if shapely.get_num_geometries(tidy) == 1 else tidy


def _on_border(workspace: Workspace, vertex: Floats) -> Floats:
    near = workspace.leaves.near(shapely.points(vertex), _SNAP_M)
    if not near:
        return vertex
    start, end = edges_of([workspace.leaves.shapes[key] for key in near])
    step = end - start
    along = np.clip(((vertex - start) * step).sum(axis=1) / np.maximum((step**2).sum(axis=1), 1e-12), 0, 1)
    apart = np.hypot(*(start + along[:, None] * step - vertex).T)
    edge = int(apart.argmin())
    return best_on_edge(start[edge], end[edge], vertex) if apart[edge] <= _SNAP_M else vertex


def _check_shift(workspace: Workspace, shapes: Any, new: int, total: int) -> None:
    """Raises SHIFTED where most vertices are new and the middle of the file lies elsewhere."""
    if new < total / 2:
        return
    _, base = workspace.polygons()
    present = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    theirs, ours = (shapely.get_coordinates(shapely.centroid(each)) for each in (present, base))
    apart = float(np.hypot(*(np.median(theirs, axis=0) - np.median(ours, axis=0))))
    if apart > _SHIFT_M:
        raise workspace.refusal("SHIFTED", size=apart)
