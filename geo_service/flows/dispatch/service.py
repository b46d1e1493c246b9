"""The story of following cases, without HTTP."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service import event_log
from geo_service.accounts import Actor
from geo_service.api.sight import sight_of
from geo_service.cases import Case, CaseFilter, cases_page, count_cases
from geo_service.cases.consulting.sight import seen_case
from geo_service.cases.finding import COUNTED_BY, counts_by
from geo_service.desk.viewing import viewers
from geo_service.errors import RequestError
from geo_service.event_log import Event
from geo_service.flows.dispatch.acting import next_actions
from geo_service.flows.dispatch.lookers import viewer_of
from geo_service.published import Published
from geo_service.workers import POST_TITLES, Responsible, posts_page, responsible_for
from geo_service.workers.repository import owner_names


@dataclass(frozen=True)
class Whole:
    """A case, its events, who answers for its area now, whom its owners' names mean, and what the caller may do next."""

    case: Case
    events: list[Event]
    responsible: Responsible | None
    owners: dict[str, str]
    allowed: list[str]
    viewers: list[str]

    @property
    def decision(self) -> dict[str, Any] | None:
        """Why it went where it went: the record of the last dispatch."""
        found = [event.data["decision"] for event in self.events if event.kind in ("dispatched", "ruled") and "decision" in event.data]
        return dict(found[-1]) if found else None


def page(connection: Connection, wanted: CaseFilter, *, before: int | None, limit: int) -> tuple[list[Case], int, int | None]:
    """Cases that match, newest first, how many match in all, and the cursor of the next page."""
    found = cases_page(connection, wanted, before=before, limit=limit + 1)
    following = found[limit - 1].case_id if len(found) > limit else None
    return found[:limit], count_cases(connection, wanted), following


def whole(connection: Connection, published: Published, found: Case, *, actor: Actor, language: str, now: datetime) -> Whole:
    """Everything about a case."""
    areas = published.finest_first(found.routing.areas)
    responsible = responsible_for(connection, areas=areas, at=now) if areas else None
    owners = [one for one in (found.owner, *found.cohandlers) if one is not None]
    names = owner_names(connection, owners, at=now, language=language)
    return Whole(
        found,
        event_log.of_case(connection, found.case_id),
        responsible,
        names,
        next_actions(found, actor, now=now),
        viewers(connection, found.case_id, but=viewer_of(actor), at=now),
    )


def one(connection: Connection, published: Published, case_id: int, *, actor: Actor, language: str, now: datetime) -> Whole:
    """Everything about a case. NotFoundError when there is none of this id within the actor's reach."""
    found = seen_case(connection, case_id, sight_of(actor))
    return whole(connection, published, found, actor=actor, language=language, now=now)


def events_of(connection: Connection, case_id: int, *, actor: Actor) -> list[Event]:
    """The events of a case, oldest first. NotFoundError when there is none of this id within the actor's reach."""
    seen_case(connection, case_id, sight_of(actor))
    return event_log.of_case(connection, case_id)


def counts(connection: Connection, published: Published, wanted: CaseFilter, by: str, *, now: datetime) -> dict[str, int]:
    """How many cases match, by a column or by a level of areas. RequestError for anything else."""
    levels = [level.name for level in published.city.ladder]
    if by not in (*COUNTED_BY, *levels):
        raise RequestError(
            "unknown_grouping",
            en="cases are counted by {known}",
            zh="可按以下方式统计：{known}",
            known=", ".join((*COUNTED_BY, *levels)),
            field="by",
        )
    return counts_by(connection, wanted, by, now=now)


def check_posts_asked(area_code: str | None, role: str | None) -> None:
    """RequestError for a role that posts do not have, and for a code that no database can hold."""
    if role is not None and role not in POST_TITLES:
        known = ", ".join(POST_TITLES)
        raise RequestError(
            "unknown_role", en="there is no role {role}: {known}", zh="没有角色 {role}：{known}", role=role, known=known, field="role"
        )
    if "\x00" in (area_code or ""):
        raise RequestError("control_character", en="a control character", zh="含有控制字符", field="area")


def posts(
    connection: Connection, *, area_code: str | None, role: str | None, after: int, limit: int, within: Collection[str] | None
) -> tuple[list[dict[str, Any]], int, int | None]:
    """Posts with their holders, how many match in all, and the cursor of the next page. within: as `posts_page`."""
    found, total = posts_page(connection, area_code=area_code, role=role, after=after, limit=limit + 1, within=within)
    following = found[limit - 1]["post_id"] if len(found) > limit else None
    return found[:limit], total, following
