"""Posts, persons, holdings and absences while they are being made up, with keys of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection

from geo_service.demo.bulk import insert_rows
from geo_service.demo.naming import person_names
from geo_service.workers.tables import absence, holding, person, post

Away = tuple[datetime, datetime]
REASONS = ("leave", "sick", "training", "duty")


@dataclass
class Roster:
    """Collects rows; `store` writes them. Names are drawn at the end, all at once."""

    rng: np.random.Generator
    as_of: datetime
    posts: list[dict[str, Any]] = field(default_factory=list)
    persons: list[dict[str, Any]] = field(default_factory=list)
    holdings: list[dict[str, Any]] = field(default_factory=list)
    absences: list[dict[str, Any]] = field(default_factory=list)

    def post(self, role: str, level: str, code: str, *, agency_id: int | None, phone: str | None = None) -> int:
        """A new post for an area; returns its id."""
        post_id = len(self.posts) + 1
        self.posts.append(
            {
                "post_id": post_id,
                "role": role,
                "area_level": level,
                "area_code": code,
                "agency_id": agency_id,
                "duty_phone": phone,
                "retired_at": None,
            }
        )
        return post_id

    def person(self, *, party: float) -> int:
        """A new person, a party member with the probability `party`; returns the id."""
        person_id = len(self.persons) + 1
        party_member = bool(self.rng.random() < party)
        self.persons.append({"person_id": person_id, "name": "", "party_member": party_member, "phone": None, "left_at": None})
        return person_id

    def hold(
        self, post_id: int, person_id: int, *, from_at: datetime | None = None, until_at: datetime | None = None, full_time: bool = True
    ) -> None:
        """Puts a person on a post; without from_at since some day between a hundred days and four years before `as_of`."""
        self.holdings.append(
            {
                "holding_id": len(self.holdings) + 1,
                "post_id": post_id,
                "person_id": person_id,
                "from_at": from_at or self.days_ago(100, 1460),
                "until_at": until_at,
                "full_time": full_time,
            }
        )

    def send_away(self, person_id: int, *, stand_in: int | None) -> None:
        """A leave of a person, with or without somebody who stands in; nobody is sent away twice, nobody stands in while away."""
        away = {row["person_id"] for row in self.absences}
        standing = {row["stand_in_person_id"] for row in self.absences}
        if person_id in away | standing or stand_in in away:
            return
        from_at, until_at = self.leave()
        self.absences.append(
            {
                "absence_id": len(self.absences) + 1,
                "person_id": person_id,
                "from_at": from_at,
                "until_at": until_at,
                "reason": REASONS[len(self.absences) % len(REASONS)],
                "stand_in_person_id": stand_in,
                "stand_in_post_id": None,
                "actor": "demo",
            }
        )

    def days_ago(self, least: int, most: int) -> datetime:
        """A moment that many days before `as_of`."""
        return self.as_of - timedelta(days=int(self.rng.integers(least, most + 1)))

    def leave(self) -> Away:
        """A leave that has begun and is planned to end after `as_of`."""
        return self.days_ago(1, 9), self.as_of + timedelta(days=int(self.rng.integers(1, 15)))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def store(self, connection: Connection) -> None:
        """Writes everything: posts and persons before those who hold them."""
        names = person_names(self.rng, len(self.persons))
        for row, name in zip(self.persons, names, strict=True):
            row["name"] = name
        insert_rows(connection, post, self.posts, key="post_id")
        insert_rows(connection, person, self.persons, key="person_id")
        insert_rows(connection, holding, self.holdings, key="holding_id")
        insert_rows(connection, absence, self.absences, key="absence_id")
