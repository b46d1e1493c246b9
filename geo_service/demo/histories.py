"""The events of all cases in the one order of the log: what each says, and who did it. Never who reported, never what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from geo_service.cases.answering import TAKING
from geo_service.cases.clocks import Limit
from geo_service.demo.dispatching import Clocks, Kind
from geo_service.demo.frames import read_data
from geo_service.demo.leads import Lead
from geo_service.demo.stages import AGAIN, DISPATCHED, NOT_TAKEN, STEPS, Courses
from geo_service.event_log import NewEvent
from geo_service.flows.dispatch.preparing import YELLOW
from geo_service.workers.roll import Roll


@dataclass(frozen=True, slots=True)
class Told:
    """What the events of one case may say. district: its code, or the city's; lead: who handles it, and why; instead: whom the lead names
    when it returns the case; kind: what decides its clocks; into: the id of the case it repeats."""

    case_id: int
    received: dict[str, Any]
    district: str
    post_id: int | None
    lead: Lead
    instead: str
    kind: Kind
    into: int | None


def instant(seconds: int) -> datetime:
    """The aware UTC instant of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def events(courses: Courses, told: Sequence[Told], clocks: Clocks, roll: Roll) -> Iterator[NewEvent]:
    """All events, by time, then case, then step. roll: of all posts."""
    case, step = np.nonzero(courses.times != NOT_TAKEN)
    at_s = courses.times[case, step]
    order = np.lexsort((step, case, at_s))
    sent_s, says = courses.times[:, DISPATCHED].tolist(), _Says(clocks)
    for row, taken, seconds in zip(case[order].tolist(), step[order].tolist(), at_s[order].tolist(), strict=True):
        kind, state, _ = STEPS[taken]
        one = told[row]
        data = {"state": state, **says.of(kind, one, instant(seconds), instant(sent_s[row]), again=taken == AGAIN)}
        if kind in TAKING:
            data["answered_by"] = _there(roll, one.lead.owner, instant(seconds))
        yield NewEvent(kind, one.case_id, ACTORS[kind](one), instant(seconds), data)


def _there(roll: Roll, owner: str, at: datetime) -> int | None:
    """Who is there for the owner, if it is a post."""
    kind, _, number = owner.partition(":")
    found = roll.of_post(int(number), at) if kind == "post" else None
    return None if found is None else found.person_id


class _Says:
    """What an event says, in the fields that the service would record."""

    def __init__(self, clocks: Clocks) -> None:
        self._clocks, self._words = clocks, read_data("courses.json")

    def of(self, kind: str, one: Told, at: datetime, sent_at: datetime, *, again: bool) -> dict[str, Any]:
        words = self._words
        match kind:
            case "received":
                return one.received
            case "verified":
                return {"found": True, "seen": _nth(words["seen"], one)}
            case "filed":
                return self._filed(one, at)
            case "dispatched":
                return {**self._sent(one), **({} if again else self._started(one, at))}
            case "returned":
                why = _nth(words["reasons"]["returned"], one)
                return {"reason": why, "proposed_owner": one.instead, "from_owner": one.lead.owner, "awaiting_ruling": False}
            case "merged":
                return {"into": one.into}
            case "handled":
                return {"result": _nth(words["results"], one)}
            case "evaluated":
                score = _nth(words["scores"], one)
                return {"score": score, "responded": one.case_id % 50 != 0, "resolved": score > 1, "satisfied": score > 2}
            case "supervised":
                overdue = at > self._due(one, sent_at)
                return {"opinion": _nth(words["reasons"]["overdue" if overdue else kind], one)}
            case "not_accepted":
                return {"reason": _nth(words["reasons"]["outside" if one.received["area_code"] is None else kind], one)}
            case "extended":
                return {"reason": _nth(words["reasons"][kind], one), **self._extended(one, at, sent_at)}
            case "reopened":
                return {"reason": _nth(words["reasons"][kind], one), **self._marks(one, at)}
        return {"reason": _nth(words["reasons"][kind], one)} if kind in words["reasons"] else {}

    def _filed(self, one: Told, at: datetime) -> dict[str, Any]:
        """As `flows.dispatch` completes it: the affair, the version of the rules, and until when it should be dispatched."""
        book, limit = self._clocks.rulebook, self._clocks.dispatching(one.kind)
        said: dict[str, Any] = {"affair": book.affair(one.kind.category), "rules_version": book.version}
        if one.kind.condition is not None:
            said["condition"] = one.kind.condition
        return said if limit is None else {**said, "dispatch_due_at": self._clocks.due(at, limit).isoformat()}

    def _sent(self, one: Told) -> dict[str, Any]:
        decision = one.lead.decision
        why = {} if decision is None else {"rule": decision["rule"][:80], "decision": decision}
        return {"owner": one.lead.owner, **why}

    def _started(self, one: Told, at: datetime) -> dict[str, Any]:
        limit = self._clocks.handling(one.kind)
        return {"limit": {"amount": limit.amount, "clock": limit.clock}, **self._marks(one, at)}

    def _due(self, one: Told, sent_at: datetime) -> datetime:
        return self._clocks.marks(sent_at, self._clocks.handling(one.kind))[1]

    def _marks(self, one: Told, at: datetime) -> dict[str, Any]:
        """Deadline and warning of the case's limit, from now."""
        warn, due = self._clocks.marks(at, self._clocks.handling(one.kind))
        return {"due_at": due.isoformat(), "warn_at": warn.isoformat()}

    def _extended(self, one: Told, at: datetime, sent_at: datetime) -> dict[str, Any]:
        """Half of the limit more, with the warning where `flows.dispatch` puts it."""
        limit = self._clocks.handling(one.kind)
        due = self._clocks.due(self._due(one, sent_at), Limit(limit.amount / 2, limit.clock))
        return {"due_at": due.isoformat(), "warn_at": (at + (due - at) * YELLOW).isoformat()}


def _nth(texts: Sequence[Any], one: Told) -> Any:
    return texts[one.case_id % len(texts)]


def _operator(one: Told) -> str:
    return f"operator:{one.district}"


def _supervisor(one: Told) -> str:
    return f"supervisor:{one.district}"


def _worker(one: Told) -> str:
    return f"post:{one.post_id}" if one.post_id is not None else _operator(one)


def _lead(one: Told) -> str:
    return one.lead.owner


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
    "returned": _lead,
    "accepted": _lead,
    "extended": _operator,
    "supervised": _supervisor,
    "suspended": _operator,
    "handled": _lead,
    "reworked": _supervisor,
    "closed": _supervisor,
    "reopened": _operator,
    "evaluated": _supervisor,
}
"""Who takes each step: never the lead that handled a case closes it."""
