"""Who is there when somebody is away: the one rule of stand-ins, and the check that a chain of them does not end where it began. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away in [from_at, until_at), from every post; until_at None: until further notice.

    At most one of the stand-ins is named: a person, or a post, which means whoever holds it then. Neither: reports climb the ladder.
    """

    person_id: int
    from_at: datetime
    until_at: datetime | None
    reason: str
    stand_in_person_id: int | None = None
    stand_in_post_id: int | None = None
    absence_id: int = 0

    def holds_at(self, at: datetime) -> bool:
        """Whether the person is away at an instant."""
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


def overlap(
    from_a: datetime, until_a: datetime | None, from_b: datetime, until_b: datetime | None
) -> tuple[datetime, datetime | None] | None:
    """The time that two half-open spans share, None when they share none. An end of None is no end."""
    begin = max(from_a, from_b)
    ends = [end for end in (until_a, until_b) if end is not None]
    end = min(ends) if ends else None
    return None if end is not None and end <= begin else (begin, end)


def who_fills(person_id: int, *, away: Callable[[int], Absence | None], holders: Callable[[int], Sequence[int]]) -> int | None:
    """The person who is there for this one: itself when present, else whom the chain of stand-ins leads to, None when to nobody.

    away: a person's absence at the instant asked for, or None. holders: the persons who hold a post then.
    """
    seen: set[int] = set()

    def follow(one: int) -> int | None:
        if one in seen:
            return None
        seen.add(one)
        absence = away(one)
        if absence is None:
            return one
        if absence.stand_in_person_id is not None:
            return follow(absence.stand_in_person_id)
        named = holders(absence.stand_in_post_id) if absence.stand_in_post_id is not None else ()
        return next((there for other in named if (there := follow(other)) is not None), None)

    return follow(person_id)


def leads_back(
    new: Absence,
    *,
    absences: Callable[[int], Sequence[Absence]],
    holders: Callable[[int, datetime, datetime | None], Sequence[int]],
) -> tuple[int, ...] | None:
    """The persons of a chain that begins with a new absence and comes back to who is away, at any instant of it; None when none does.

    absences: all of a person. holders: who holds a post at any time of a span.
    """

    def follow(absence: Absence, begin: datetime, end: datetime | None, path: tuple[int, ...]) -> tuple[int, ...] | None:
        if absence.stand_in_person_id is not None:
            named: Sequence[int] = (absence.stand_in_person_id,)
        else:
            named = holders(absence.stand_in_post_id, begin, end) if absence.stand_in_post_id is not None else ()
        for other in named:
            if other == new.person_id:
                return (*path, other)
            if other in path:
                continue
            for theirs in absences(other):
                shared = overlap(begin, end, theirs.from_at, theirs.until_at)
                found = follow(theirs, *shared, (*path, other)) if shared else None
                if found is not None:
                    return found
        return None

    return follow(new, new.from_at, new.until_at, (new.person_id,))
