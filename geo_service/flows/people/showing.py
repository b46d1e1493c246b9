"""Posts, persons, absences, visits and patrols as the wire has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases import Case
from geo_service.flows.people.coverage import Count, Gap, Line
from geo_service.flows.people.schemas import (
    AbsenceOut,
    CountOut,
    CoverageLine,
    GapOut,
    HoldingOut,
    PatrolOut,
    PersonOut,
    PostOut,
    SummaryOut,
    TurnedOut,
    VisitOut,
)
from geo_service.published import Published
from geo_service.workers.covering import RULES
from geo_service.workers.model import ABSENCES, POST_TITLES
from geo_service.workers.phones import masked
from geo_service.workers.posts import holdings_of
from geo_service.workers.repository import who_is_there
from geo_service.workers.visits import LeaderSummary


def _chosen(texts: tuple[str, str], language: str) -> str:
    return texts[0] if language.startswith("zh") else texts[1]


def posts_out(connection: Connection, rows: Sequence[sa.Row[Any]], *, published: Published, at: datetime, language: str) -> list[PostOut]:
    """Posts with their history and who is there at an instant. The duty number is public; persons' own numbers are not shown."""
    ids = [row.post_id for row in rows]
    held: dict[int, list[HoldingOut]] = {}
    for one in holdings_of(connection, ids):
        values = {name: value for name, value in one._mapping.items() if name != "post_id"}
        held.setdefault(one.post_id, []).append(HoldingOut(**values))
    there = who_is_there(connection, ids, at=at)
    out = []
    for row in rows:
        present = there.get(row.post_id)
        seen = present is not None and present.person_id is not None
        out.append(
            PostOut(
                post_id=row.post_id,
                role=row.role,
                title=_chosen(POST_TITLES[row.role], language),
                area={"level": row.area_level, "code": row.area_code},
                area_gone=is_gone(published, row),
                agency_code=row.agency_code,
                agency=row.agency,
                duty_phone=row.duty_phone,
                retired_at=row.retired_at,
                present={"person_id": present.person_id, "name": present.name, "stands_in": present.stands_in}
                if present is not None and seen
                else None,
                why=present.why(language) if present is not None else None,
                holders=held.get(row.post_id, []),
            )
        )
    return out


def is_gone(published: Published, row: sa.Row[Any]) -> bool:
    """Whether a post stands for an area that the generation does not have."""
    area = published.by_code.get(row.area_code)
    return area is None or area.level != row.area_level


def person_out(row: sa.Row[Any], *, whole: bool = False) -> PersonOut:
    """A person; whole: with the own number as it is, else masked."""
    values = {name: row._mapping[name] for name in ("person_id", "name", "party_member", "left_at")}
    return PersonOut(**values, phone=row.phone if whole else masked(row.phone))


def absence_out(row: sa.Row[Any], language: str) -> AbsenceOut:
    """An absence with its reason in words."""
    names = tuple(AbsenceOut.model_fields)
    values = {name: row._mapping[name] for name in names if name in row._mapping}
    return AbsenceOut(**values, reason_text=_chosen(ABSENCES[row.reason], language))


def visit_out(row: sa.Row[Any]) -> VisitOut:
    """An entry of the ledger."""
    return VisitOut(**{name: row._mapping[name] for name in VisitOut.model_fields})


def summary_out(one: LeaderSummary, start: datetime, end: datetime) -> SummaryOut:
    """A leader's line with the query of the list behind it."""
    query = urlencode({"person": one.person_id, "from": start.isoformat(), "to": end.isoformat()})
    return SummaryOut(
        person_id=one.person_id,
        name=one.name,
        grids=one.grids,
        visits=one.visits,
        micro_grids=one.micro_grids,
        follow_ups=one.follow_ups,
        required=one.required,
        missing=one.missing,
        list=f"/api/v1/visits?{query}",
    )


def patrol_out(row: sa.Row[Any], language: str) -> PatrolOut:
    """An entry of the patrol log."""
    names = tuple(name for name in PatrolOut.model_fields if name != "title")
    return PatrolOut(**{name: row._mapping[name] for name in names}, title=_chosen(POST_TITLES[row.role], language))


def turned_out(patrol_id: int, case: Case | None) -> TurnedOut:
    """An entry and the case it became."""
    if case is None:
        return TurnedOut(patrol_id=patrol_id, case_id=None, tracking_number=None, state=None, area_code=None)
    return TurnedOut(
        patrol_id=patrol_id,
        case_id=case.case_id,
        tracking_number=case.tracking_number,
        state=case.state,
        area_code=case.routing.area_code,
    )


def line_out(line: Line, language: str, asked: dict[str, str]) -> CoverageLine:
    """An area's counts, each with the query of its list. asked: what else the list must be asked for (generation, at)."""
    counts = [_count(rule.name, _chosen((rule.zh, rule.en), language), line.counts[rule.name], line.area.code, asked) for rule in RULES]
    return CoverageLine(code=line.area.code, level=line.area.level, name=line.area.name, counts=counts)


def _count(kind: str, label: str, count: Count, code: str, asked: dict[str, str]) -> CountOut:
    query = urlencode({"kind": kind, "area": code, **asked})
    share = None if count.share is None else round(count.share, 4)
    return CountOut(
        kind=kind, label=label, missing=count.missing, total=count.total, share=share, list=f"/api/v1/people/coverage/gaps?{query}"
    )


def gap_out(gap: Gap) -> GapOut:
    """A gap."""
    return GapOut(code=gap.area.code, level=gap.area.level, name=gap.area.name, inside={up.level: up.code for up in gap.inside})
