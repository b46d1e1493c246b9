"""The state of the workflow as the row keeps it: JSON values, and the columns that lists and counts ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields, replace
from datetime import datetime
from typing import Any, cast

from geo_service.cases.clocks import Limit, Pause
from geo_service.cases.model import MOVABLE, Case
from geo_service.cases.workflow import Asked, CaseState, Recorded, fold

_COPIED = (
    "state",
    "updated_at",
    "version",
    "due_at",
    "closed_at",
    "owner",
    "answered_by",
    "cohandlers",
    "affair",
    "category",
    "condition",
    "rules_version",
    "warn_at",
    "stage_entered_at",
    "filed_at",
    "dispatch_due_at",
    "dispatched_at",
    "handled_at",
    "evaluated_at",
    "returns",
    "reworks",
    "extensions",
    "suspensions",
    "reopenings",
    "supervisions",
    "consult_tier",
    "ending",
    "merged_into",
    "score",
    "responded",
    "resolved",
    "satisfied",
)


def to_json(state: CaseState) -> dict[str, Any]:
    """The state in JSON values, without what is as usual (None, nothing, 0)."""
    return {name: _plain(value) for name, usual in _USUAL.items() if (value := getattr(state, name)) != usual}


def from_json(kept: dict[str, Any]) -> CaseState:
    """The state of those values."""
    return CaseState(**{name: _READ.get(name, _same)(value) for name, value in kept.items()})


def row_values(state: CaseState) -> dict[str, Any]:
    """The columns of `case_record` that a state decides, `progress` among them. cohandlers is a tuple, as `Case` has it."""
    values = {name: getattr(state, name) for name in _COPIED}
    values["limit_amount"] = None if state.limit is None else float(state.limit.amount)
    values["limit_clock"] = None if state.limit is None else state.limit.clock
    values["frozen_at"] = state.pauses[-1].from_at if state.paused else state.handled_at if state.state == "checking" else None
    return {**values, "progress": to_json(state)}


def fold_case(opened: Case, events: Iterable[Recorded]) -> Case:
    """The case after its events, the first of which is 'received': what the row must be.

    opened: the case as it came in. An event says where the case belongs now in data['routing'] (MOVABLE), its queue in data['queue'].
    """
    every = list(events)
    routing, queue = opened.routing, opened.queue
    for event in every:
        if "routing" in event.data:
            routing = replace(routing, **{name: event.data["routing"][name] for name in MOVABLE})
        queue = event.data.get("queue", queue)
    return replace(opened, routing=routing, queue=queue, **row_values(fold(every, case_id=opened.case_id)))


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Limit():
            return {"amount": value.amount, "clock": value.clock}
        case Pause():
            return [_plain(value.from_at), _plain(value.until_at)]
        case Asked():
            return [value.what, value.by, _plain(value.at), value.reason, _plain(value.due_at)]
        case tuple():
            return [_plain(one) for one in value]
    return value


def _same(value: Any) -> Any:
    return value


def _instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _limit(value: dict[str, Any]) -> Limit:
    return Limit(value["amount"], value["clock"])


def _pauses(value: list[Any]) -> tuple[Pause, ...]:
    return tuple(Pause(datetime.fromisoformat(begin), _instant(end)) for begin, end in value)


def _asked(value: list[Any]) -> tuple[Asked, ...]:
    return tuple(Asked(what, by, datetime.fromisoformat(at), reason, _instant(due)) for what, by, at, reason, due in value)


_USUAL: dict[str, Any] = {
    one.name: (() if one.default_factory is not MISSING else None if one.default is MISSING else one.default)
    for one in fields(cast(Any, CaseState))
}
_READ: dict[str, Callable[[Any], Any]] = {
    **{name: _instant for name in _USUAL if name.endswith("_at")},
    **{name: tuple for name, usual in _USUAL.items() if usual == ()},
    "limit": _limit,
    "pauses": _pauses,
    "asked": _asked,
}
