"""What is measured of cases: every rate with its numerator and denominator as conditions on a case. Pure; lists come with the numbers.

A rate is a share of its denominator, never of all cases. Where the denominator is smaller than `small` the value is withheld: it would
say more about chance than about work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from geo_service.cases.clocks import Limit, WorkCalendar, elapsed
from geo_service.cases.workflow import CaseState

Condition = Callable[[CaseState, datetime], bool]

SMALL = 10
"""The fewest cases behind a rate that is shown."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate. numerator is looked at only where the denominator holds. better: up or down."""

    code: str
    zh: str
    en: str
    denominator: Condition
    numerator: Condition
    denominator_en: str
    denominator_zh: str
    better: str


def filed(case: CaseState, at: datetime) -> bool:
    return case.filed_at is not None


def dispatched(case: CaseState, at: datetime) -> bool:
    return case.dispatched_at is not None


def handled(case: CaseState, at: datetime) -> bool:
    """Fed back, and not sent back since."""
    return case.handled_at is not None and case.state in ("checking", "closed", "evaluated")


def due(case: CaseState, at: datetime) -> bool:
    """Must have been handled by now: the deadline has passed, or the work was fed back before it."""
    if case.dispatched_at is None or case.due_at is None or case.state in ("merged", "void", "suspended"):
        return False
    return handled(case, at) or case.due_at < at


def in_time(case: CaseState, at: datetime) -> bool:
    return handled(case, at) and case.handled_at is not None and case.due_at is not None and case.handled_at <= case.due_at


def overdue(case: CaseState, at: datetime) -> bool:
    return due(case, at) and not in_time(case, at)


def closed(case: CaseState, at: datetime) -> bool:
    return case.state in ("closed", "evaluated")


def accepted(case: CaseState, at: datetime) -> bool:
    """Neither merged into another nor void: a case of its own."""
    return case.state not in ("merged", "void")


def fed_back(case: CaseState, at: datetime) -> bool:
    return case.handled_at is not None


def ever_closed(case: CaseState, at: datetime) -> bool:
    return closed(case, at) or case.reopenings > 0


def _counted(name: str) -> Condition:
    return lambda case, at: getattr(case, name) > 0


def _of(name: str) -> tuple[Condition, Condition]:
    """(asked, answered yes) of a question of the call-back."""
    return (
        lambda case, at: case.state == "evaluated" and getattr(case, name) is not None,
        lambda case, at: getattr(case, name) is True,
    )


_RESPONDED, _RESOLVED, _SATISFIED = _of("responded"), _of("resolved"), _of("satisfied")

RATES: tuple[Rate, ...] = (
    Rate("filed", "立案率", "filed", accepted, filed, "reports but merged and void ones", "上报数（不含合并、作废）", "up"),
    Rate("dispatched", "派遣率", "dispatched", filed, dispatched, "filed cases", "立案数", "up"),
    Rate("on_time", "按期处置率", "handled on time", due, in_time, "cases due by now", "应处置数", "up"),
    Rate("overdue", "超期率", "overdue", due, overdue, "cases due by now", "应处置数", "down"),
    Rate("returned", "退单率", "returned", dispatched, _counted("returns"), "dispatched cases", "派遣数", "down"),
    Rate("extended", "延期率", "extended", dispatched, _counted("extensions"), "dispatched cases", "派遣数", "down"),
    Rate("reworked", "返工率", "reworked", fed_back, _counted("reworks"), "cases ever fed back", "已反馈数", "down"),
    Rate("closed", "结案率", "closed", filed, closed, "filed cases", "立案数", "up"),
    Rate("reopened", "重开率", "reopened", ever_closed, _counted("reopenings"), "cases ever closed", "曾结案数", "down"),
    Rate("response", "响应率", "response (hotline)", *_RESPONDED, "residents asked", "回访数", "up"),
    Rate("resolution", "解决率", "resolution (hotline)", *_RESOLVED, "residents asked", "回访数", "up"),
    Rate("satisfaction", "满意率", "satisfaction (hotline)", *_SATISFIED, "residents asked", "回访数", "up"),
)  # fmt: skip  # a rate is a line
"""The rates of one case each. Repeat occurrence needs the cases around it: see `repeats`."""


def stage_on_time(code: str, zh: str, en: str, *, start: str, end: str, limit: Limit, calendar: WorkCalendar, timezone: str) -> Rate:
    """The rate at which a stage kept its limit. start, end: instants of a case, such as filed_at and dispatched_at.

    Due are the cases that left the stage, and those that lie in it and have used the limit up.
    """

    def used_up(case: CaseState, at: datetime) -> bool:
        began, left = getattr(case, start), getattr(case, end)
        if began is None:
            return False
        until = at if left is None else left
        return elapsed(began, until, limit.clock, calendar, timezone, pauses=case.pauses) > limit.length

    def must(case: CaseState, at: datetime) -> bool:
        return getattr(case, start) is not None and (getattr(case, end) is not None or (accepted(case, at) and used_up(case, at)))

    def kept(case: CaseState, at: datetime) -> bool:
        return getattr(case, end) is not None and not used_up(case, at)

    return Rate(code, zh, en, must, kept, "cases that left the stage or used its limit up", "已完成或已超时的案件数", "up")


@dataclass(frozen=True, slots=True)
class Measured:
    """A rate over some cases: the numbers of both, the ids behind them, and the value, None where the denominator is too small."""

    rate: Rate
    numerator: int
    denominator: int
    value: float | None
    numerator_ids: tuple[int, ...]
    denominator_ids: tuple[int, ...]


def measure(rate: Rate, cases: Iterable[CaseState], *, at: datetime, small: int = SMALL) -> Measured:
    """One rate over cases, as of an instant. The ids are those of the cases that have one, in their order."""
    below = [case for case in cases if rate.denominator(case, at)]
    above = [case for case in below if rate.numerator(case, at)]
    shown = len(below) >= max(1, small)
    return Measured(rate, len(above), len(below), len(above) / len(below) if shown else None, _ids(above), _ids(below))


def per_thousand_households(cases: int, households: int, *, small: int = SMALL) -> float | None:
    """Cases per 1,000 households, so that busy grids are not punished; None where so few households say nothing."""
    return cases * 1000 / households if households >= max(1, small) else None


def repeats(cases: Sequence[CaseState], *, days: int) -> list[CaseState]:
    """Cases of a category at a place where one of the same was closed at most so many days before they came in."""
    closed_at: dict[tuple[str, str], list[datetime]] = {}
    for case in cases:
        if case.category and case.area_code and case.closed_at is not None and case.state in ("closed", "evaluated"):
            closed_at.setdefault((case.category, case.area_code), []).append(case.closed_at)
    found = []
    for case in cases:
        before = closed_at.get((case.category or "", case.area_code or ""), [])
        if case.state not in ("merged", "void") and any(
            0 <= (case.received_at - ended).total_seconds() <= days * 86_400 for ended in before
        ):
            found.append(case)
    return found


def _ids(cases: Sequence[CaseState]) -> tuple[int, ...]:
    return tuple(case.case_id for case in cases if case.case_id is not None)
