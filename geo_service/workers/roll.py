"""The roll: posts, holders and absences in memory, and the one rule that says who answers for a place at an instant. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from geo_service.workers.model import ANSWERING, Responsible
from geo_service.workers.standing_in import Absence, who_fills


@dataclass(frozen=True, slots=True)
class Held:
    """A post and one of those who ever held it; person_id None: nobody yet. retired_at: since when there is no such post."""

    post_id: int
    role: str
    area_level: str
    area_code: str
    agency: str | None
    phone: str | None
    retired_at: datetime | None
    person_id: int | None
    name: str | None
    from_at: datetime | None
    until_at: datetime | None

    def stands(self, at: datetime) -> bool:
        """Whether there is such a post at an instant."""
        return self.retired_at is None or at < self.retired_at

    def holds(self, at: datetime) -> bool:
        """Whether this person holds it then, away or not."""
        begun = self.person_id is not None and self.from_at is not None and self.from_at <= at
        return begun and self.stands(at) and (self.until_at is None or at < self.until_at)


class Roll:
    """Whoever was read: ask it only about areas and posts whose rows it was given, and stand-ins that they lead to."""

    def __init__(self, rows: Iterable[Held], absences: Iterable[Absence] = (), names: Mapping[int, str] | None = None) -> None:
        self._names: dict[int, str] = dict(names or {})
        self._by_area: dict[tuple[str, str], list[Held]] = defaultdict(list)
        self._by_post: dict[int, list[Held]] = defaultdict(list)
        for row in rows:
            self._by_area[row.area_level, row.area_code].append(row)
            self._by_post[row.post_id].append(row)
            if row.person_id is not None and row.name is not None:
                self._names[row.person_id] = row.name
        self._absences: dict[int, list[Absence]] = defaultdict(list)
        for absence in absences:
            self._absences[absence.person_id].append(absence)

    def absence(self, person_id: int, at: datetime) -> Absence | None:
        """The person's absence at an instant, None while present."""
        return next((one for one in self._absences.get(person_id, ()) if one.holds_at(at)), None)

    def responsible(self, areas: Sequence[tuple[str, str]], at: datetime) -> Responsible | None:
        """Who answers for a place whose areas are (level, code), finest first.

        The first area with an answering post that somebody is present for decides: the coarsest role of ANSWERING last, a holder before
        a stand-in, then the smaller ids. When nobody is present all the way up, the finest vacant post; None without any post.
        """
        vacant: Held | None = None
        for area in areas:
            rows = [row for row in self._by_area.get(area, ()) if row.role in ANSWERING and row.stands(at)]
            there = [one for row in rows if (one := self._filled(row, at)) is not None]
            if there:
                return min(there, key=_preference)
            if rows and vacant is None:
                vacant = min(rows, key=lambda row: (ANSWERING.index(row.role), row.post_id))
        return None if vacant is None else _answer(vacant)

    def of_post(self, post_id: int, at: datetime) -> Responsible | None:
        """Who is there for a post, whatever its role; a vacant one without a person; None when there is no such post then."""
        rows = [row for row in self._by_post.get(post_id, ()) if row.stands(at)]
        there = [one for row in rows if (one := self._filled(row, at)) is not None]
        if there:
            return min(there, key=lambda one: (one.stands_in, one.person_id or 0))
        return _answer(rows[0]) if rows else None

    def first_present(self, at: datetime) -> dict[tuple[str, str], tuple[str, str]]:
        """(level, code) -> (role, name) of the first holder or stand-in who is present for an answering post of the area."""
        out: dict[tuple[str, str], tuple[str, str]] = {}
        for area in self._by_area:
            found = self.responsible([area], at)
            if found is not None and found.name is not None:
                out[area] = (found.role, found.name)
        return out

    def _filled(self, row: Held, at: datetime) -> Responsible | None:
        if not row.holds(at) or row.person_id is None:
            return None
        absence = self.absence(row.person_id, at)
        if absence is None:
            return _answer(row, person_id=row.person_id, name=row.name)
        there = who_fills(row.person_id, away=lambda one: self.absence(one, at), holders=lambda post_id: self._holders(post_id, at))
        if there is None:
            return None
        return _answer(row, person_id=there, name=self._names.get(there), absence=absence)

    def _holders(self, post_id: int, at: datetime) -> list[int]:
        return sorted(row.person_id for row in self._by_post.get(post_id, ()) if row.holds(at) and row.person_id is not None)


def _answer(row: Held, *, person_id: int | None = None, name: str | None = None, absence: Absence | None = None) -> Responsible:
    return Responsible(
        post_id=row.post_id,
        role=row.role,
        area_code=row.area_code,
        area_level=row.area_level,
        person_id=person_id,
        name=name,
        agency=row.agency,
        stands_in=absence is not None,
        phone=row.phone,
        holder=row.name if absence else None,
        reason=absence.reason if absence else None,
        back_at=absence.until_at if absence else None,
    )


def _preference(one: Responsible) -> tuple[int, bool, int, int]:
    return ANSWERING.index(one.role), one.stands_in, one.post_id, one.person_id or 0
