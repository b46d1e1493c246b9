"""The story of following cases, without HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service import event_log
from geo_service.cases import Case, CaseFilter, case, cases_page, count_cases
from geo_service.event_log import Event
from geo_service.published import Published
from geo_service.workers import Responsible, posts_page, responsible_for


def page(connection: Connection, wanted: CaseFilter, *, before: int | None, limit: int) -> tuple[list[Case], int, int | None]:
    """Cases that match, newest first, how many match in all, and the cursor of the next page."""
    found = cases_page(connection, wanted, before=before, limit=limit + 1)
    following = found[limit - 1].case_id if len(found) > limit else None
    return found[:limit], count_cases(connection, wanted), following


def one(connection: Connection, published: Published, case_id: int, *, now: datetime) -> tuple[Case, list[Event], Responsible | None]:
    """A case, its events, and who answers for its area now."""
    found = case(connection, case_id)
    areas = published.finest_first(found.routing.areas)
    responsible = responsible_for(connection, areas=areas, at=now) if areas else None
    return found, event_log.of_case(connection, case_id), responsible


def posts(
    connection: Connection, *, area_code: str | None, role: str | None, after: int, limit: int
) -> tuple[list[dict[str, Any]], int, int | None]:
    """Posts with their holders, how many match in all, and the cursor of the next page."""
    found, total = posts_page(connection, area_code=area_code, role=role, after=after, limit=limit + 1)
    following = found[limit - 1]["post_id"] if len(found) > limit else None
    return found[:limit], total, following
