"""Counting: one query over the cases received in a period gives every measure of every area, agency or worker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy import Connection

from geo_service.cases.answering import person_of_case
from geo_service.cases.finding import CaseFilter, conditions
from geo_service.cases.measures import BITS, Sql, mask
from geo_service.cases.tables import case_area, case_record
from geo_service.flows.evaluation.asking import Asked
from geo_service.flows.evaluation.relocating import How, relocate

Counts = dict[str, int]
c = case_record.c


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of every key that has cases, of all cases together, and of those that belong to no key. how: of relocated cases."""

    keys: dict[str, Counts]
    whole: Counts
    unassigned: Counts
    how: How | None = None


def tally(connection: Connection, asked: Asked) -> Tally:
    """All counts of an evaluation. Keys: an area's code, an agency's code, a person's id."""
    if asked.relocated:
        placed = relocate(connection, asked)
        inside = placed.inside
        keys = summed(placed.keys[inside], placed.masks[inside])
        none = keys.pop("", nothing())
        return Tally(keys, _total((*keys.values(), none)), none, placed.how)
    made = mask(Sql(asked.now)).label("mask")
    source, key = _source_and_key(asked)
    query = sa.select(key, made, sa.func.count()).select_from(source).where(*cases_of(asked)).group_by(key, made)
    rows = [("" if row[0] is None else row[0], row[1], row[2]) for row in connection.execute(query)]
    keys = _by_key(rows)
    none = keys.pop("", nothing())
    return Tally(keys, _total((*keys.values(), none)), none)


def count_all(connection: Connection, asked: Asked) -> Counts:
    """The counts of all cases of an evaluation, by what they recorded."""
    made = mask(Sql(asked.now)).label("mask")
    rows = connection.execute(
        sa.select(sa.literal(""), made, sa.func.count()).select_from(case_record).where(*cases_of(asked)).group_by(made)
    )
    return _by_key(rows.all()).get("", nothing())


def cases_of(asked: Asked) -> list[sa.ColumnElement[bool]]:
    """The cases an evaluation is about, as conditions: received in the period, in the area, owned by the agency."""
    owner = None if asked.agency is None else f"agency:{asked.agency}"
    area = None if asked.relocated else asked.area
    return conditions(CaseFilter(scope=asked.scope, received_from=asked.start, received_to=asked.end, owner=owner, area_code=area))


def _source_and_key(asked: Asked) -> tuple[Any, sa.ColumnElement[Any]]:
    """What is counted, and the key of each case's line; None for cases that belong to no line."""
    if asked.by == "area":
        there = (case_area.c.case_id == c.case_id) & (case_area.c.area_level == asked.level)
        return case_record.outerjoin(case_area, there), case_area.c.area_code
    if asked.by == "agency":
        return case_record, sa.case((c.owner.startswith("agency:"), sa.func.substr(c.owner, len("agency:") + 1)))
    return case_record, person_of_case()


def nothing() -> Counts:
    """No case at all."""
    return dict.fromkeys(BITS, 0)


def summed(keys: NDArray[np.object_], masks: NDArray[np.int64], times: NDArray[np.int64] | None = None) -> dict[str, Counts]:
    """Counts of every key. keys (n,), masks (n,) of one case each, or of as many as `times` says."""
    if not len(keys):
        return {}
    names, place = np.unique(keys.astype(str), return_inverse=True)
    weights = np.ones(len(masks)) if times is None else times.astype(float)
    columns = {name: np.bincount(place, weights=weights * (masks >> bit & 1), minlength=len(names)) for name, bit in BITS.items()}
    return {str(name): {measure: int(column[at]) for measure, column in columns.items()} for at, name in enumerate(names)}


def _by_key(rows: Sequence[Any]) -> dict[str, Counts]:
    keys = np.array([str(row[0]) for row in rows], dtype=object)
    masks, times = (np.array([row[at] for row in rows], dtype=np.int64) for at in (1, 2))
    return summed(keys, masks, times)


def _total(every: Iterable[Counts]) -> Counts:
    total = nothing()
    for counts in every:
        for name, number in counts.items():
            total[name] += number
    return total
