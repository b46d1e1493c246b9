"""Every kind of rules that goes out to files and comes back, by name."""

from __future__ import annotations

from geo_service.errors import NotFoundError
from geo_service.rulebooks.calendar_table import CALENDAR_KIND
from geo_service.rulebooks.catalogue_tables import CATALOGUE_KINDS
from geo_service.rulebooks.kinds import Kind
from geo_service.rulebooks.matrix_table import MATRIX_KIND
from geo_service.rulebooks.population_table import POPULATION_KIND
from geo_service.rulebooks.step_tables import ENTRIES_KIND, LADDER_KIND

_ALL = (*CATALOGUE_KINDS, CALENDAR_KIND, MATRIX_KIND, LADDER_KIND, ENTRIES_KIND, POPULATION_KIND)
KINDS: dict[str, Kind] = {one.name: one for one in _ALL}

GROUPS: dict[str, tuple[str, ...]] = {**{name: (name,) for name in KINDS}, "catalogue": tuple(one.name for one in CATALOGUE_KINDS)}
"""What one may ask for -> the tables it holds: `catalogue` is a workbook of all its tables, changed together."""


def kinds_of(name: str) -> tuple[Kind, ...]:
    """The tables of a name. NotFoundError 'unknown_rules' for one that is none."""
    if name not in GROUPS:
        raise NotFoundError(
            "unknown_rules",
            en="there are no rules of kind {name}: {known}",
            zh="没有名为 {name} 的规则：{known}",
            name=name[:40],
            known=", ".join(GROUPS),
        )
    return tuple(KINDS[one] for one in GROUPS[name])
