"""What would cure a finding: an operation with its parameters and what it would change, as plain values a preview can show.

| operation     | params                       | what it does                                                                    |
|---------------|------------------------------|---------------------------------------------------------------------------------|
| make_valid    | area                         | the rings repaired, in a child process with limits                              |
| insert_vertex | place, into                  | a neighbour's vertex inserted at the same millimetre into the areas that lack it |
| transfer      | target, lasso                | the land in the lasso goes to the target                                        |
| absorb_gap    | place, into                  | land of nobody goes to a neighbour                                              |
| add_rest      | parent, lasso                | land of nobody becomes the rest leaf of its parent                              |
| move_vertices | moves ([[from, to], ...])    | vertices moved; one moved onto its neighbour is gone                            |
| merge         | areas, survivor              | several areas become one                                                        |
| split         | area, line                   | one area becomes two                                                            |
| reassign      | areas, new_parent            | another parent (null: none is known)                                            |
| recode        | area, new_code               | another code                                                                    |
| retire        | areas                        | the area leaves the city                                                        |
| derive_parent | area                         | the parent's shape is the union of its leaves: what is done in any case         |
| shift         | datum, east_m, north_m       | the file read again with its true datum, or moved                               |
| accept        | areas                        | nothing: it may be meant                                                        |

Areas are named by code, or by '#layer:row' where they have none; places are [lon, lat] or lists of them. The names and the meaning of
transfer, absorb_gap, move_vertices, merge, split, reassign, recode and retire are those of an edit of a draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import shapely

from boundaries.geometry import to_lonlat

__all__ = ["OPERATIONS", "positions", "proposal", "rings"]

OPERATIONS: Final[dict[str, tuple[str, str]]] = {
    "make_valid": ("repair the rings", "修复边界环"),
    "insert_vertex": ("insert the vertex", "补入顶点"),
    "transfer": ("give the land to one area", "将重叠地块归一方"),
    "absorb_gap": ("give the gap to a neighbour", "将空隙并入相邻区域"),
    "add_rest": ("make it a rest leaf", "设为其余区域"),
    "move_vertices": ("remove the vertex", "移动顶点"),
    "merge": ("merge into a neighbour", "并入相邻区域"),
    "split": ("split at the neck", "在窄颈处拆分"),
    "reassign": ("hang on another parent", "改挂上级"),
    "recode": ("give another code", "改编码"),
    "retire": ("retire", "撤销"),
    "derive_parent": ("derive the parent from its leaves", "由下级合并得出上级"),
    "shift": ("read with the true datum", "按正确基准重新读取"),
    "accept": ("nothing", "无需处理"),
}
"""{operation: (English, Chinese)}."""


def proposal(operation: str, *, changes: Sequence[str] = (), m2: float = 0.0, **params: Any) -> dict[str, Any]:
    """{operation, params, changes: {areas, m2}}. changes: the areas that would change; m2: the land that would change hands."""
    return {"operation": operation, "params": params, "changes": {"areas": list(changes), "m2": round(float(m2), 3)}}


def positions(geom: Any, metric_crs: str) -> list[list[float]]:
    """The vertices of a line or a point in metres as [lon, lat] pairs."""
    found: list[list[float]] = shapely.get_coordinates(to_lonlat(geom, metric_crs)).tolist()
    return found


def rings(polygons: Any, metric_crs: str) -> list[list[list[float]]]:
    """The outer ring of each polygon in metres as [lon, lat] pairs: lassos."""
    return [positions(ring, metric_crs) for ring in shapely.get_exterior_ring(polygons)]
