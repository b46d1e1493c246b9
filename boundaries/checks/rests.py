"""What the children of a parent do not fill, made a rest leaf of that parent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas
import numpy as np
import pandas
import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import finding
from boundaries.checks.measures import SLIVER_WIDTH_M, joined, mean_width_m, polygons_in
from boundaries.checks.patching import retiled
from boundaries.checks.proposals import proposal, rings
from boundaries.checks.retile import Award
from boundaries.checks.small import MIN_AREA_M2
from boundaries.codes import MICRO_GRID_LENGTH, is_code, rest_code
from boundaries.geometry import snap
from boundaries.model import Defect, Level

__all__ = ["REST", "add_rests", "rest_code_of"]

REST = "rest"
"""The level of rest leaves where a city has one of this name, and their kind on any level."""


def add_rests(frame: Any, *, levels: Sequence[Level]) -> tuple[Any, list[Defect]]:
    """(the frame with the rest leaves behind its rows, what was done).

    frame: as `Coverage.of`, with supplied shapes of parents; without those nothing is known to be unfilled. The land of the finest
    parent goes first, so a street's rest is what neither its communities nor their rests fill. Pieces below MIN_AREA_M2 or narrower
    than SLIVER_WIDTH_M on average are borders that differ, not land, and left. A parent that has a rest leaf already (kind 'rest')
    gets the land into it. A rest leaf is of the level 'rest' where there is one, else of the finest level whose areas own shapes, kind
    'rest'. Its borders agree with its neighbours' vertex by vertex.
    """
    coverage = Coverage.of(frame, levels=levels)
    leaf_levels = [level for level in levels if level.leaf and level.rank is not None]
    if not len(coverage.supplied) or not leaf_levels:
        return frame, []
    level = next((level for level in leaf_levels if level.name == REST), max(leaf_levels, key=lambda level: level.rank or 0))
    taken = set(coverage.codes.tolist())
    awards: list[Award] = []
    done: list[Defect] = []
    new_rows: list[dict[str, Any]] = []
    for row, pieces in _unfilled(coverage):
        winner = _present_rest(coverage, row)
        code = coverage.codes[winner] if winner is not None else rest_code_of(coverage.codes[row], taken=taken, pattern=level.code_pattern)
        if code is None:
            continue
        if winner is None:
            winner = len(coverage) + len(new_rows)
            taken.add(code)
            new_rows.append(_row(frame, row, code, level.name))
        awards += [Award(piece, winner) for piece in pieces]
        done.append(_told(coverage, row, code, pieces))
    made = retiled(coverage, awards, set()) if awards else None
    if made is None:
        return frame, []
    geoms = np.concatenate((coverage.geoms, np.full(len(new_rows), None, dtype=object)))
    for row, shape in made.items():
        geoms[row] = shape
    rows = pandas.concat([pandas.DataFrame(frame.drop(columns=frame.geometry.name)), pandas.DataFrame(new_rows)], ignore_index=True)
    return geopandas.GeoDataFrame(rows, geometry=geoms, crs=frame.crs), done


def rest_code_of(parent: str, *, taken: set[str], pattern: str = "") -> str | None:
    """A free code for the rest leaf of a parent: its code filled up to 17 with 9 when it is digits, else with -rest behind it.

    Where the pattern or another area forbids that, the other form, then -rest-2 ...; None when nothing fits.
    """
    scheme = parent.isascii() and parent.isdigit() and 4 <= len(parent) < MICRO_GRID_LENGTH
    plain = [f"{parent}-rest", *(f"{parent}-rest-{number}" for number in range(2, 10))]
    candidates = [rest_code(parent), *plain] if scheme else plain
    return next((code for code in candidates if code not in taken and is_code(code, pattern)), None)


def _unfilled(coverage: Coverage) -> list[tuple[int, list[Any]]]:
    found: list[tuple[int, list[Any]]] = []
    given: list[Any] = []
    for row in coverage.supplied[::-1].tolist():
        shape = coverage.geoms[row]
        covering = coverage.geoms[coverage.faces[coverage.tree.query(shape, predicate="intersects")]]
        land = shapely.difference(shape, shapely.union_all([*covering, *given]))
        pieces = [
            piece
            for piece in polygons_in(snap(polygons_in(land)))
            if piece.area >= MIN_AREA_M2 and mean_width_m(piece) >= SLIVER_WIDTH_M and shapely.is_valid(piece)
        ]
        if pieces:
            given += pieces
            found.append((row, pieces))
    return found


def _present_rest(coverage: Coverage, row: int) -> int | None:
    rests = coverage.faces[coverage.kinds[coverage.faces] == REST]
    return next((int(rest) for rest in rests if coverage.parents[rest] == row), None)


def _row(frame: Any, parent: int, code: str, level: str) -> dict[str, Any]:
    above = frame.iloc[parent]
    values = {"code": code, "level": level, "kind": REST, "name": above.get("name", ""), "parent_code": above["code"]}
    known = {"leaf": True, "households": 0, **values}
    return {column: known.get(column, "") for column in frame.columns if column != frame.geometry.name}


def _told(coverage: Coverage, row: int, code: str, pieces: list[Any]) -> Defect:
    name, area = coverage.label(row), float(shapely.area(pieces).sum())
    lasso = rings(np.array(pieces, dtype=object), coverage.metric_crs)
    return finding(
        coverage,
        "parent_differs",
        "info",
        [row],
        joined(pieces),
        en=f"{area:.1f} m2 of {name} that its children do not fill become the rest leaf {code}.",
        zh=f"{name} 中下级未覆盖的 {area:.1f} 平方米设为其余区域 {code}。",
        size=area,
        unit="m2",
        repair=proposal("add_rest", changes=[code], m2=area, parent=name, new_code=code, lasso=lasso[0] if len(lasso) == 1 else lasso),
    )
