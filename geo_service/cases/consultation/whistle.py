"""The street's whistle (吹哨报到): the agencies it calls must report in by a deadline, and the street rates them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from geo_service.cases.clocks import instant
from geo_service.errors import ConflictError, DeniedError, RequestError

Answer = Literal["waiting", "in_time", "late", "absent"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An agency that reported in."""

    agency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rating:
    """What the street thinks of an agency's answer: 1 to 5 stars."""

    agency: str
    stars: int
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Whistle:
    """A call of a street office. case_id is None where it is about no case.

    over_at: the deadline, once it was written down who had not come by then; absent: those.
    """

    street: str
    agencies: tuple[str, ...]
    about: str
    blown_at: datetime
    due_at: datetime
    case_id: int | None = None
    arrivals: tuple[Arrival, ...] = ()
    ratings: tuple[Rating, ...] = ()
    over_at: datetime | None = None
    absent: tuple[str, ...] = ()


def blow(*, street: str, agencies: Sequence[str], about: str, at: datetime, due_at: datetime, case_id: int | None = None) -> Whistle:
    """A new whistle. RequestError without agencies, without words, or with a deadline that is not ahead."""
    at, due = instant(at, "at"), instant(due_at, "due_at")
    called = tuple(dict.fromkeys(agencies))
    for good, field, en, zh in (
        (bool(called) and street not in called, "agencies", "a whistle calls others", "吹哨须召集其他单位"),
        (bool(about.strip()), "about", "say what it is about", "须说明吹哨事由"),
        (due > at, "due_at", "the deadline is not ahead", "报到时限须晚于吹哨时间"),
    ):
        if not good:
            raise RequestError("bad_whistle", en=en, zh=zh, field=field)
    return Whistle(street, called, about.strip(), at, due, case_id)


def report_in(one: Whistle, *, agency: str, at: datetime) -> Whistle:
    """With an agency that reported in, once; too late is better than never, and shows."""
    at = instant(at, "at")
    _called(one, agency)
    if at < one.blown_at:
        raise ConflictError("clock_set_back", en="the clock was set back", zh="时钟被回拨")
    if any(arrival.agency == agency for arrival in one.arrivals):
        raise ConflictError("reported_already", en="{agency} has reported in", zh="{agency} 已报到", agency=agency)
    return replace(one, arrivals=(*one.arrivals, Arrival(agency, at)))


def standing_of(one: Whistle, agency: str, at: datetime) -> Answer:
    """How an agency has answered so far."""
    _called(one, agency)
    for arrival in one.arrivals:
        if arrival.agency == agency:
            return "in_time" if arrival.at <= one.due_at else "late"
    return "waiting" if instant(at, "at") <= one.due_at else "absent"


def end_waiting(one: Whistle, at: datetime) -> Whistle:
    """With those who had not come by the deadline written down, behind it; the same again where that was done."""
    if one.over_at is not None or instant(at, "at") <= one.due_at:
        return one
    came = {arrival.agency for arrival in one.arrivals if arrival.at <= one.due_at}
    return replace(one, over_at=one.due_at, absent=tuple(agency for agency in one.agencies if agency not in came))


def unanswered(one: Whistle, at: datetime) -> tuple[str, ...]:
    """The agencies that are absent or came too late: an entry to consultation."""
    return tuple(agency for agency in one.agencies if standing_of(one, agency, at) in ("late", "absent"))


def rate(one: Whistle, *, by: str, agency: str, stars: int, words: str, at: datetime) -> Whistle:
    """With the street's rating of an agency: by the street that blew, once, after the agency came or its time was over."""
    at = instant(at, "at")
    if by != one.street:
        raise DeniedError("not_the_street", en="only the street that blew the whistle rates", zh="仅吹哨街道可以评价", role=by)
    if standing_of(one, agency, at) == "waiting":
        raise ConflictError("still_waiting", en="{agency} still has time to report in", zh="{agency} 的报到时限未到", agency=agency)
    if any(rating.agency == agency for rating in one.ratings):
        raise ConflictError("rated_already", en="{agency} has been rated", zh="{agency} 已被评价", agency=agency)
    if isinstance(stars, bool) or not 1 <= stars <= 5:
        raise RequestError("bad_stars", en="1 to 5 stars", zh="评价为 1 至 5 星", field="stars")
    return replace(one, ratings=(*one.ratings, Rating(agency, stars, words.strip(), at)))


def _called(one: Whistle, agency: str) -> None:
    if agency not in one.agencies:
        raise DeniedError("not_called", en="{agency} was not called", zh="{agency} 不在吹哨范围", agency=agency)
