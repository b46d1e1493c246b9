"""What a generation must prove before it may be in force: leaves that fit together exactly, in metres and in lon/lat.

The judge is GEOS' coverage validity: no overlap, and shared edges that agree vertex by vertex. It is asked twice, since lookups are
answered in lon/lat: rounding to 9 decimals could, in principle, break what fitted in metres.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from boundaries.geometry import GRID_M, LONLAT_DECIMALS, to_lonlat
from boundaries.model import Defect, Level
from boundaries.store.frame import Resolved, resolve

__all__ = ["Proven", "content_hash", "is_proof", "prove", "prove_resolved", "shape_bytes"]


@dataclass(frozen=True, slots=True)
class Proven:
    """proof: a JSON document for the generation. defects: what it found; one of severity error bars publishing."""

    proof: dict[str, Any]
    defects: list[Defect] = field(default_factory=list)


def prove(areas: GeoDataFrame, *, metric_crs: str, levels: Sequence[Level]) -> Proven:
    """The proof of a frame of areas (columns and errors as `boundaries.store.frame.resolve`), and why it fails where it does.

    Rules of the defects, all errors: `coverage`, `coverage_lonlat`, `vertices_lost`, `leaf_without_shape`. What else may be wrong
    with areas is for `boundaries.checks`.
    """
    return prove_resolved(resolve(areas, levels), metric_crs=metric_crs, levels=levels)


def prove_resolved(rows: Resolved, *, metric_crs: str, levels: Sequence[Level]) -> Proven:
    """As `prove`, for rows already resolved."""
    leaves = rows.leaves
    metric = rows.shapes[leaves]
    lonlat = to_lonlat(metric, metric_crs)
    defects = [
        *_unfitting(rows, leaves, metric, metric_crs, "coverage"),
        *_unfitting(rows, leaves, lonlat, None, "coverage_lonlat"),
        *_lost(rows, leaves, metric, lonlat),
        *_without_shape(rows, levels),
    ]
    broken = {defect.rule for defect in defects}
    proof = {
        "coverage_metric": "coverage" not in broken,
        "coverage_lonlat": not broken & {"coverage_lonlat", "vertices_lost"},
        "leaves": len(leaves),
        "sharers": int((rows.shares >= 0).sum()),
        "areas": len(rows),
        "area_m2": round(float(shapely.area(metric).sum()), 3),
        "content_hash": content_hash(rows),
        "metric_crs": metric_crs,
        "metric_grid_m": GRID_M,
        "lonlat_decimals": LONLAT_DECIMALS,
        "geos": shapely.geos_version_string,
    }
    return Proven(proof, defects)


def is_proof(proof: dict[str, Any], expected_hash: str) -> bool:
    """Whether the document says that these very areas fit together, in metres and in lon/lat."""
    return proof.get("coverage_metric") is True and proof.get("coverage_lonlat") is True and proof.get("content_hash") == expected_hash


def content_hash(rows: Resolved) -> str:
    """SHA-256 over level, code, parent, face owner and shape of every area, whatever their order: equal hashes route alike.

    The shape is its normalised WKB (little endian, metres), so where a ring starts does not matter. Names and households are not
    part of it.
    """
    digest = hashlib.sha256()
    shapes = shape_bytes(rows.shapes)

    def called(row: int) -> str:
        return "" if row < 0 else f"{rows.levels[row]}\x1f{rows.codes[row]}"

    parts = []
    for row, (parent, owner, shape) in enumerate(zip(rows.parents.tolist(), rows.shares.tolist(), shapes, strict=True)):
        parts.append("\x1e".join((called(row), called(parent), called(owner))).encode() + b"\x1d" + hashlib.sha256(shape).digest())
    for part in sorted(parts):
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.hexdigest()


def shape_bytes(shapes: NDArray[np.object_]) -> list[bytes]:
    """Normalised little-endian WKB of each shape, b'' for None."""
    return [wkb or b"" for wkb in shapely.to_wkb(shapely.normalize(shapes), byte_order=1).tolist()]


def _unfitting(rows: Resolved, leaves: NDArray[np.int64], shapes: Any, metric_crs: str | None, rule: str) -> list[Defect]:
    """Borders that do not agree with their neighbours'. metric_crs: of the shapes, None when they are in lon/lat."""
    if shapely.coverage_is_valid(shapes):
        return []
    edges = shapely.coverage_invalid_edges(shapes)
    defects = []
    for position in np.flatnonzero(~shapely.is_empty(edges)).tolist():
        code = rows.codes[int(leaves[position])]
        spot = shapely.line_interpolate_point(shapely.get_parts(edges[position])[0], 0.5, normalized=True)
        defects.append(
            Defect(
                rule=rule,
                severity="error",
                areas=(code,),
                place=spot if metric_crs is None else to_lonlat(spot, metric_crs),
                message=f"The border of {code} does not agree with its neighbours: they overlap, or their vertices differ.",
                message_zh=f"{code} 的边界与相邻区域不吻合:有重叠,或顶点不一致。",
                size=0.0 if metric_crs is None else float(shapely.length(edges[position])),
                unit="m",
            )
        )
    return defects


def _lost(rows: Resolved, leaves: NDArray[np.int64], metric: Any, lonlat: Any) -> list[Defect]:
    """Shapes that lon/lat with 9 decimals does not hold: a ring that crosses itself there, or vertices that fell together."""
    xy, owner = shapely.get_coordinates(lonlat, return_index=True)
    together = _repeats(xy) & ~_repeats(shapely.get_coordinates(metric)) & (np.diff(owner) == 0)
    wrong = np.union1d(owner[:-1][together], np.flatnonzero(~shapely.is_valid(lonlat)))
    return [
        Defect(
            rule="vertices_lost",
            severity="error",
            areas=(rows.codes[int(leaves[position])],),
            place=shapely.points(xy[owner == position][0]),
            message=f"{rows.codes[int(leaves[position])]} cannot be told in lon/lat with {LONLAT_DECIMALS} decimals.",
            message_zh=f"{rows.codes[int(leaves[position])]} 无法用 {LONLAT_DECIMALS} 位小数的经纬度表示。",
        )
        for position in wrong.tolist()
    ]


def _repeats(coordinates: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray((np.diff(coordinates, axis=0) == 0).all(axis=1))


def _without_shape(rows: Resolved, levels: Sequence[Level]) -> list[Defect]:
    """Areas of a level whose areas own shapes, with neither a shape nor a share in another's face."""
    owes = {level.name for level in levels if level.leaf}
    bare = shapely.is_missing(rows.shapes) & (rows.shares < 0) & rows.on_ladder & ~rows.has_children
    return [
        Defect(
            rule="leaf_without_shape",
            severity="error",
            areas=(rows.codes[row],),
            place=None,
            message=f"{rows.codes[row]} ({rows.levels[row]}) has no shape: nothing can be routed to it.",
            message_zh=f"{rows.codes[row]}({rows.levels[row]})没有图形,无法向其派发。",
        )
        for row in np.flatnonzero(bare).tolist()
        if rows.levels[row] in owes
    ]
