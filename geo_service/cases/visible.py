"""What of the cases a scope reaches, in SQL: the one place where a list, count, map, figure or export is bounded."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.model import Case
from geo_service.cases.repository import case, case_not_found
from geo_service.cases.tables import case_area, case_record
from geo_service.scope import Reach, Scope


def within(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Conditions on `case_record` that leave what the scope reaches: none for everything, one that never holds for nothing."""
    if scope.everything:
        return []
    return [sa.or_(sa.false(), *(_reached(reach) for reach in scope.reaches))]


def in_category(wanted: str) -> sa.ColumnElement[bool]:
    """Cases of a category or of the subtree it names; the same as `scope.is_within`."""
    category = case_record.c.category
    parts = wanted.split(":")
    if len(parts) == 3:
        return category.startswith(wanted, autoescape=True) if len(parts[2]) == 2 else category == wanted
    return category.startswith(f"{wanted}:", autoescape=True)


def owned_by(owner: str) -> sa.ColumnElement[bool]:
    """Cases that an owner leads or helps with."""
    helpers = sa.cast(case_record.c.cohandlers, sa.Text())
    return (case_record.c.owner == owner) | helpers.contains(f'"{owner}"', autoescape=True)


def visible_case(connection: Connection, case_id: int, scope: Scope) -> Case:
    """A case that the scope reaches. NotFoundError, the same for one that it does not reach and for one that does not exist."""
    found = case(connection, case_id)
    if not reaches(scope, found):
        raise case_not_found(case_id)
    return found


def reaches(scope: Scope, found: Case) -> bool:
    """Whether the scope reaches a case."""
    areas = {*found.routing.areas.values(), *((found.routing.area_code,) if found.routing.area_code else ())}
    return scope.takes_in(areas=areas, category=found.category, owner=found.owner, cohandlers=found.cohandlers)


def _reached(reach: Reach) -> sa.ColumnElement[bool]:
    if reach.owner is not None:
        return owned_by(reach.owner)
    parts: list[sa.ColumnElement[bool]] = [sa.true()]
    if reach.area_code is not None:
        inside = sa.select(case_area.c.case_id).where(case_area.c.area_code == reach.area_code)
        parts.append(case_record.c.case_id.in_(inside))
    if reach.categories is not None:
        parts.append(sa.or_(sa.false(), *(in_category(wanted) for wanted in reach.categories)))
    return sa.and_(*parts)
