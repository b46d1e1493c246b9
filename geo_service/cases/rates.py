"""What is measured of cases: every measure as a condition on one case, every rate as two measures. Pure: this is the definition.

`measures` says the same in SQL; a test holds the two against each other on random cases. An instant `at` decides what is due by now.
A rate is a share of its denominator, never of all cases; its numerator is always a part of its denominator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from geo_service.cases.model import Case

Condition = Callable[[Case, datetime], bool]

REFUSED = ("not_accepted", "merged", "void")
DONE = ("closed", "evaluated")
FED_BACK = ("checking", *DONE)


def valid(case: Case, at: datetime) -> bool:
    """A case of its own: neither refused, nor merged into another, nor void."""
    return case.state not in REFUSED


def filed(case: Case, at: datetime) -> bool:
    return valid(case, at) and case.filed_at is not None


def dispatched(case: Case, at: datetime) -> bool:
    return valid(case, at) and case.dispatched_at is not None


def dispatch_due(case: Case, at: datetime) -> bool:
    """Was dispatched, or still waits for it beyond its limit; what was settled without a dispatch is in neither."""
    if case.dispatch_due_at is None or not valid(case, at):
        return False
    return case.dispatched_at is not None or (case.state == "filed" and case.dispatch_due_at < at)


def dispatched_on_time(case: Case, at: datetime) -> bool:
    limit, done = case.dispatch_due_at, case.dispatched_at
    return dispatch_due(case, at) and limit is not None and done is not None and done <= limit


def handled(case: Case, at: datetime) -> bool:
    """Sent to somebody, fed back, and not sent back since."""
    return dispatched(case, at) and case.handled_at is not None and case.state in FED_BACK


def handling_due(case: Case, at: datetime) -> bool:
    """Should have been handled by now: it was, or its limit ran out. While it is suspended its clock stands still."""
    if not dispatched(case, at) or case.due_at is None:
        return False
    return handled(case, at) or (case.frozen_at or case.closed_at or at) > case.due_at


def handled_on_time(case: Case, at: datetime) -> bool:
    done, limit = case.handled_at, case.due_at
    return handled(case, at) and limit is not None and done is not None and done <= limit


def overdue(case: Case, at: datetime) -> bool:
    return handling_due(case, at) and not handled_on_time(case, at)


def fed_back(case: Case, at: datetime) -> bool:
    """The work was reported done at least once, whatever became of it."""
    return valid(case, at) and case.handled_at is not None


def closed(case: Case, at: datetime) -> bool:
    return filed(case, at) and case.state in DONE


def closed_once(case: Case, at: datetime) -> bool:
    """Ended at least once, whatever became of it: reopened refusals count, for they had ended too."""
    return case.state in DONE or case.reopenings > 0


def _counted(name: str, within: Condition) -> Condition:
    return lambda case, at: within(case, at) and getattr(case, name) > 0


def _asked(name: str) -> Condition:
    return lambda case, at: getattr(case, name) is not None


def _yes(name: str) -> Condition:
    return lambda case, at: getattr(case, name) is True


MEASURED: dict[str, Condition] = {
    "received": lambda case, at: True,
    "valid": valid,
    "filed": filed,
    "dispatched": dispatched,
    "dispatch_due": dispatch_due,
    "dispatched_on_time": dispatched_on_time,
    "handled": handled,
    "handling_due": handling_due,
    "handled_on_time": handled_on_time,
    "overdue": overdue,
    "returned": _counted("returns", dispatched),
    "extended": _counted("extensions", dispatched),
    "fed_back": fed_back,
    "reworked": _counted("reworks", fed_back),
    "closed": closed,
    "closed_once": closed_once,
    "reopened": _counted("reopenings", closed_once),
    "called_back": lambda case, at: closed(case, at) and case.satisfied is not None,
    "responded_asked": _asked("responded"),
    "responded": _yes("responded"),
    "resolved_asked": _asked("resolved"),
    "resolved": _yes("resolved"),
    "satisfied_asked": _asked("satisfied"),
    "satisfied": _yes("satisfied"),
    "scored": _asked("score"),
}
"""The measures of one case each; `repeated` needs the cases before it: see `repeats`."""
REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate: two measures by name. better: up or down. below_*: what it is a share of, in words."""

    code: str
    numerator: str
    denominator: str
    zh: str
    en: str
    below_zh: str
    below_en: str
    better: str


RATES: dict[str, Rate] = {
    rate.code: rate
    for rate in (
        Rate("filed", "filed", "valid", "立案率", "filed", "有效上报数", "reports neither refused, merged nor void", "up"),
        Rate("dispatched", "dispatched", "filed", "派遣率", "dispatched", "立案数", "filed cases", "up"),
        Rate("dispatched_on_time", "dispatched_on_time", "dispatch_due",
             "按时派遣率", "dispatched on time", "应派遣数", "dispatches due by now", "up"),
        Rate("handled_on_time", "handled_on_time", "handling_due", "按期处置率", "handled on time", "应处置数", "cases due by now", "up"),
        Rate("overdue", "overdue", "handling_due", "超期率", "overdue", "应处置数", "cases due by now", "down"),
        Rate("returned", "returned", "dispatched", "退单率", "returned", "派遣数", "dispatched cases", "down"),
        Rate("extended", "extended", "dispatched", "延期率", "extended", "派遣数", "dispatched cases", "down"),
        Rate("reworked", "reworked", "fed_back", "返工率", "reworked", "曾反馈数", "cases ever fed back", "down"),
        Rate("closed", "closed", "filed", "结案率", "closed", "立案数", "filed cases", "up"),
        Rate("reopened", "reopened", "closed_once", "重开率", "reopened", "曾办结数", "cases that ever ended", "down"),
        Rate("repeated", REPEATED, "valid", "重复发生率", "repeated", "有效上报数", "reports neither refused, merged nor void", "down"),
        Rate("called_back", "called_back", "closed", "回访率", "called back", "结案数", "closed cases", "up"),
        Rate("response", "responded", "responded_asked", "响应率", "response", "询问数", "residents asked", "up"),
        Rate("resolution", "resolved", "resolved_asked", "解决率", "resolution", "询问数", "residents asked", "up"),
        Rate("satisfaction", "satisfied", "satisfied_asked", "满意率", "satisfaction", "询问数", "residents asked", "up"),
    )
}  # fmt: skip  # a rate is a line
"""The rates of the dispatch centre (filed ... called back) and the hotline's three, in the order they are shown."""


def person_of(case: Case) -> int | None:
    """The person a case counts for, by name; None for none: what `answering` says in SQL, and why."""
    if case.owner is None:
        return case.routing.person_id
    return case.answered_by if case.owner.startswith("post:") else None


def repeats(cases: Iterable[Case]) -> set[int]:
    """Ids of valid cases whose matter was reported from the same leaf not long before.

    The earlier report (smaller id, neither refused nor void, nor merged) counts for as long as it was stored with: `repeat_until_at`.
    """
    before: dict[tuple[str, str], list[Case]] = {}
    found = set()
    for case in sorted((one for one in cases if one.state not in REFUSED), key=lambda one: one.case_id):
        if case.category is None or case.routing.area_code is None:
            continue
        same = before.setdefault((case.category, case.routing.area_code), [])
        if any(case.received_at < one.repeat_until_at <= case.repeat_until_at for one in same):
            found.add(case.case_id)
        same.append(case)
    return found


def counted(cases: Sequence[Case], *, at: datetime, repeated: set[int]) -> dict[str, list[int]]:
    """The ids behind every measure, in the order of the cases. repeated: what `repeats` found among all cases."""
    ids = {name: [case.case_id for case in cases if holds(case, at)] for name, holds in MEASURED.items()}
    return ids | {REPEATED: [case.case_id for case in cases if case.case_id in repeated]}


def share(counts: Mapping[str, int], rate: Rate) -> float | None:
    """The value of a rate; None without a denominator."""
    below = counts[rate.denominator]
    return counts[rate.numerator] / below if below else None
