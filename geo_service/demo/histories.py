"""The events of all cases in the one order of the log: what each says, and who did it. Never who reported, never what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from geo_service.demo.frames import read_data
from geo_service.demo.stages import NOT_TAKEN, STEPS, Courses
from geo_service.event_log import NewEvent


@dataclass(frozen=True, slots=True)
class Told:
    """What the events of one case may say. district: its code, or the city's; lead: (code, name) of the agency that handles it."""

    case_id: int
    received: dict[str, Any]
    district: str
    post_id: int | None
    lead: tuple[str, str]
    into: str | None
    at_s: int
    due_s: int
    extended_due_s: int


def instant(seconds: int) -> datetime:
    """The aware UTC instant of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def events(courses: Courses, told: Sequence[Told]) -> Iterator[NewEvent]:
    """All events, by time, then case, then step."""
    case, step = np.nonzero(courses.times != NOT_TAKEN)
    at_s = courses.times[case, step]
    order = np.lexsort((step, case, at_s))
    for row, taken, seconds in zip(case[order].tolist(), step[order].tolist(), at_s[order].tolist(), strict=True):
        kind, state, _ = STEPS[taken]
        one = told[row]
        data = {"state": state, **_says(kind, one)}
        yield NewEvent(kind, one.case_id, ACTORS[kind](one), instant(seconds), data)


def _says(kind: str, one: Told) -> dict[str, Any]:
    if kind == "received":
        return {**one.received, **_marks(one, one.due_s)}
    if kind == "dispatched":
        return {"agency_code": one.lead[0], "agency": one.lead[1]}
    if kind == "merged":
        return {"into": one.into}
    words = read_data("courses.json")
    if kind == "evaluated":
        score = words["scores"][one.case_id % len(words["scores"])]
        return {"score": score, "responded": one.case_id % 50 != 0, "resolved": score > 1, "satisfied": score > 2}
    if kind in words["reasons"]:
        outside = kind == "not_accepted" and one.received["area_code"] is None
        reasons = words["reasons"]["outside" if outside else kind]
        more = _marks(one, one.extended_due_s) if kind == "extended" else {}
        return {"reason": reasons[one.case_id % len(reasons)], **more}
    return {}


def _marks(one: Told, due_s: int) -> dict[str, Any]:
    """A deadline and the warning at four fifths of the time since receipt."""
    return {"due_at": instant(due_s).isoformat(), "warn_at": instant(one.at_s + (due_s - one.at_s) * 4 // 5).isoformat()}


def _operator(one: Told) -> str:
    return f"operator:{one.district}"


def _supervisor(one: Told) -> str:
    return f"supervisor:{one.district}"


def _worker(one: Told) -> str:
    return f"post:{one.post_id}" if one.post_id is not None else _operator(one)


def _agency(one: Told) -> str:
    return f"agency:{one.lead[0]}"


def _demo(_: Told) -> str:
    return "demo"


ACTORS: dict[str, Callable[[Told], str]] = {
    "received": _demo,
    "verification_asked": _operator,
    "verified": _worker,
    "not_accepted": _operator,
    "merged": _operator,
    "filed": _operator,
    "voided": _supervisor,
    "dispatched": _operator,
    "returned": _agency,
    "accepted": _agency,
    "extended": _operator,
    "supervised": _supervisor,
    "suspended": _operator,
    "handled": _agency,
    "reworked": _supervisor,
    "closed": _supervisor,
    "reopened": _operator,
    "evaluated": _supervisor,
}
"""Who takes each step: never the agency that handled a case closes it."""
