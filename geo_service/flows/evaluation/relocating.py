"""Past cases by the borders of another generation: each case is looked up again in that generation's own index.

A case with a point lies where the point lies; on a face that several leaves share, the leaf it recorded decides if it is one of them.
A case without a point lies in the finest area it recorded that the generation knows by its code. What is found in neither way, and a
point outside all leaves, belongs to no area. What the cases recorded is not changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy import Connection

from boundaries.model import AreaVersion
from geo_service.cases.finding import CaseFilter, conditions
from geo_service.cases.measures import Sql, mask
from geo_service.cases.tables import case_record
from geo_service.flows.evaluation.asking import Asked
from geo_service.published import Published

c = case_record.c


@dataclass(frozen=True, slots=True)
class How:
    """How many cases were placed by their point, by what they recorded, and not at all."""

    by_point: int
    by_record: int
    unplaced: int


@dataclass(frozen=True, slots=True)
class Placed:
    """Cases placed anew, one entry each. keys: code of the area of the asked level, '' for none. inside: within the asked area."""

    ids: NDArray[np.int64]
    masks: NDArray[np.int64]
    keys: NDArray[np.object_]
    inside: NDArray[np.bool_]
    how: How


def relocate(connection: Connection, asked: Asked) -> Placed:
    """The cases of an evaluation, placed by the borders of its generation."""
    owner = None if asked.agency is None else f"agency:{asked.agency}"
    where = conditions(CaseFilter(scope=asked.scope, received_from=asked.start, received_to=asked.end, owner=owner))
    columns = (c.case_id, mask(Sql(asked.now)).label("mask"), c.area_code)
    located = connection.execute(sa.select(*columns, c.lon, c.lat).where(*where, c.lon.is_not(None), c.lat.is_not(None))).all()
    told = connection.execute(sa.select(*columns, c.areas).where(*where, sa.or_(c.lon.is_(None), c.lat.is_(None)))).all()
    areas: list[AreaVersion | None] = [*_by_points(asked.published, located), *(_by_record(asked.published, row) for row in told)]
    rows = [*located, *told]
    known: dict[int, tuple[str, bool]] = {}
    placed = [_place(asked, area, known) for area in areas]
    by_point = sum(area is not None for area in areas[: len(located)])
    by_record = sum(area is not None for area in areas[len(located) :])
    return Placed(
        ids=np.array([row[0] for row in rows], dtype=np.int64),
        masks=np.array([row[1] for row in rows], dtype=np.int64),
        keys=np.array([key for key, _ in placed], dtype=object),
        inside=np.array([inside for _, inside in placed], dtype=bool),
        how=How(by_point, by_record, len(rows) - by_point - by_record),
    )


def _by_points(published: Published, rows: Any) -> list[AreaVersion | None]:
    if not rows:
        return []
    lons, lats = (np.array([row[at] for row in rows], dtype=np.float64) for at in (3, 4))
    found: list[AreaVersion | None] = []
    for row, position in zip(rows, published.index.locate_many(lons=lons, lats=lats).tolist(), strict=True):
        if position < 0:
            found.append(None)
            continue
        sharing = published.lookup.sharers.get(position, ())
        found.append(next((one for one in sharing if one.code == row.area_code), published.leaves[position]))
    return found


def _by_record(published: Published, row: Any) -> AreaVersion | None:
    codes = [row.area_code, *(code for _, code in published.finest_first(row.areas))]
    return next((published.by_code[code] for code in codes if code in published.by_code), None)


def _place(asked: Asked, area: AreaVersion | None, known: dict[int, tuple[str, bool]]) -> tuple[str, bool]:
    if area is None:
        return "", asked.area is None
    if area.area_id not in known:
        chain = asked.published.chain(area)
        key = next((one.code for one in chain if one.level == asked.level), "")
        known[area.area_id] = key, asked.area is None or any(one.code == asked.area for one in chain)
    return known[area.area_id]
