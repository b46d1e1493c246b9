"""Who answered for a place, for many places and instants at once: the rule of `geo_service.workers.responsible_for` in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.workers.model import ANSWERING
from geo_service.workers.tables import agency, holding, post

NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Held:
    """An answering post and one of its holders (person_id 0: none yet). Instants in seconds since 1970."""

    role: int
    stands_in: bool
    post_id: int
    person_id: int
    from_s: float
    until_s: float
    away_from_s: float
    away_until_s: float
    agency: str | None

    def present(self, at_s: float) -> bool:
        on_post = self.person_id > 0 and self.from_s <= at_s < self.until_s
        return on_post and not self.away_from_s <= at_s < self.away_until_s


class Ladder:
    """Every answering post of the city, by area."""

    def __init__(self, connection: Connection) -> None:
        joined = post.outerjoin(agency, agency.c.agency_id == post.c.agency_id).outerjoin(holding, holding.c.post_id == post.c.post_id)
        h = holding.c
        columns = (h.person_id, h.stands_in, h.from_at, h.until_at, h.away_from_at, h.away_until_at, agency.c.name.label("agency"))
        found = sa.select(post, *columns).select_from(joined).where(post.c.role.in_(ANSWERING)).order_by(post.c.post_id, h.holding_id)
        by_area: dict[tuple[str, str], list[Held]] = defaultdict(list)
        for row in connection.execute(found):
            held = Held(
                role=ANSWERING.index(row.role),
                stands_in=bool(row.stands_in),
                post_id=row.post_id,
                person_id=row.person_id or 0,
                from_s=_seconds(row.from_at, -NEVER),
                until_s=_seconds(row.until_at, NEVER),
                away_from_s=_seconds(row.away_from_at, NEVER),
                away_until_s=_seconds(row.away_until_at, NEVER),
                agency=row.agency,
            )
            by_area[row.area_level, row.area_code].append(held)
        self._by_area = {area: sorted(posts, key=_preference) for area, posts in by_area.items()}

    def responsible(self, areas: Sequence[tuple[str, str]], at_s: float) -> tuple[int, int | None, str | None] | None:
        """(post_id, person_id, agency) of whom `responsible_for` names; person_id is None while the post is vacant."""
        vacant: Held | None = None
        for area in areas:
            for held in self._by_area.get(area, ()):
                if held.present(at_s):
                    return held.post_id, held.person_id, held.agency
                vacant = vacant or held
        return (vacant.post_id, None, vacant.agency) if vacant else None


def _preference(held: Held) -> tuple[int, bool, int, int]:
    return held.role, held.stands_in, held.post_id, held.person_id


def _seconds(at: datetime | None, missing: float) -> float:
    return at.timestamp() if at is not None else missing
