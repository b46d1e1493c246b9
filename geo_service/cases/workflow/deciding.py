"""Whether an event may happen to a case: the row it is decided by, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from geo_service.cases.clocks import instant
from geo_service.cases.model import STATES
from geo_service.cases.workflow.effects import apply
from geo_service.cases.workflow.guards import GUARDS, Ask, Policy, fill
from geo_service.cases.workflow.payloads import PAYLOADS
from geo_service.cases.workflow.reading import FieldError, plain, read
from geo_service.cases.workflow.state import CaseState, Recorded
from geo_service.cases.workflow.table import TABLE, WHEN, Row
from geo_service.cases.workflow.words import ROLES
from geo_service.errors import RequestError

USUAL = Policy()
_BY_EVENT: dict[str, tuple[Row, ...]] = {event: tuple(row for row in TABLE if row.event == event) for event in PAYLOADS}
_BY_STATE: dict[str, tuple[Row, ...]] = {state: tuple(row for row in TABLE if row.state == state) for state in {row.state for row in TABLE}}


@dataclass(frozen=True, slots=True)
class Transition:
    """What will have happened: append `recorded` to the log, and the case is `after`."""

    row: Row
    recorded: Recorded
    after: CaseState


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not. about: 'event' unknown, 'role' not allowed to, 'state' does not allow it, 'payload' malformed, a 'guard', the 'clock'.

    allowed: for 'state', what this role may do instead; for 'role', the roles that may.
    """

    code: str
    en: str
    zh: str
    about: Literal["event", "role", "state", "payload", "guard", "clock"]
    fields: tuple[FieldError, ...] = ()
    allowed: tuple[str, ...] = ()

    def text(self, language: str) -> str:
        """The reason in the caller's language."""
        return self.zh if language.lower().startswith("zh") else self.en


def decide(
    state: CaseState,
    event: str,
    *,
    role: str,
    actor: str,
    payload: Mapping[str, Any],
    now: datetime,
    policy: Policy = USUAL,
) -> Transition | Refusal:
    """The transition, or the refusal. Pure: nothing is changed.

    actor: who acts, 'agency:<code>', 'post:<id>' or any name of the log. payload: JSON values as they came in. RequestError for a
    naive `now`.
    """
    now = instant(now, "now")
    rows = _BY_EVENT.get(event)
    if rows is None:
        return Refusal("unknown_event", f"there is no event {event[:40]!r}", f"没有名为“{event[:40]}”的操作", "event")
    found = _rows_for(state, rows, role)
    if isinstance(found, Refusal):
        return found
    if state.updated_at - policy.skew <= now < state.updated_at:
        now = state.updated_at
    if now < state.updated_at:
        return Refusal(
            "clock_set_back", "the case already has a later event: the clock was set back", "案件已有更晚的事件：时钟被回拨", "clock"
        )
    record = read(PAYLOADS[event], payload)
    if isinstance(record, tuple):
        names = ", ".join(one.field for one in record)
        return Refusal("malformed", f"these fields cannot be: {names}", f"以下字段有误：{names}", "payload", record)
    ask = Ask(state, record, role, actor, now, policy)
    row = next(one for one in found if WHEN[one.when][0](state, record))
    broken = _first_broken(row, ask)
    if broken is not None:
        return broken
    recorded = Recorded(row.recorded, now, actor, _data(row, ask, plain(record)))
    return Transition(row, recorded, apply(state, recorded))


def _rows_for(state: CaseState, rows: tuple[Row, ...], role: str) -> tuple[Row, ...] | Refusal:
    may = tuple(dict.fromkeys(name for row in rows for name in row.roles))
    if role not in may:
        en, zh = (", ".join(ROLES[name][i] for name in may) for i in (1, 0))
        return Refusal("role_not_allowed", f"only these may do this: {en}", f"只有以下角色可以进行该操作：{zh}", "role", allowed=may)
    here = tuple(row for row in rows if row.state == state.state and role in row.roles)
    if not here:
        instead = allowed(state, role)
        word_zh, word_en = STATES[state.state][:2]
        en = f"not allowed while the case is {word_en}; possible now: {', '.join(instead)}"
        zh = f"案件处于“{word_zh}”状态，不能进行该操作"  # `allowed` names the actions: their names are no words of this language
        return Refusal("not_allowed_in_state", en, zh, "state", allowed=tuple(instead))
    return here


def _first_broken(row: Row, ask: Ask) -> Refusal | None:
    for name in row.guards:
        guard = GUARDS[name]
        if not guard.holds(ask):
            words = fill(ask)
            return Refusal(guard.code, guard.en.format(**words), guard.zh.format(**words), "guard")
    return None


def _data(row: Row, ask: Ask, said: dict[str, Any]) -> dict[str, Any]:
    """The facts of the recorded event: what was said, the state after it, and what the rules made of it."""
    data = {**said, "state": row.target}
    if row.recorded == "returned":
        data["awaiting_ruling"] = ask.state.returns + 1 >= ask.policy.returns_before_ruling
        data["from_owner"] = ask.state.owner
    if row.recorded == "extended" and "due_at" not in data:
        asked = ask.state.request("extension")
        if asked is not None and asked.due_at is not None:
            data["due_at"] = asked.due_at.isoformat()
    if row.recorded in ("dispatched", "ruled") and ask.state.dispatched_at is not None:
        for name in ("limit", "due_at", "warn_at"):  # the clock runs on: a later dispatch repeats nothing of it
            data.pop(name, None)
    return data


def allowed(state: CaseState, role: str, *, actor: str | None = None, now: datetime | None = None, policy: Policy = USUAL) -> list[str]:
    """The events this role may try now, in the table's order: those of the state whose guards on the case hold.

    actor: with it the guards on who acts are looked at too. Guards on what comes along are left to `decide`.
    """
    at = state.updated_at if now is None else max(instant(now, "now"), state.updated_at)
    ask = Ask(state, None, role, actor or "", at, policy)
    needs = ("case",) if actor is None else ("case", "actor")
    found: dict[str, None] = {}
    for row in _BY_STATE[state.state]:
        if role in row.roles and all(GUARDS[name].holds(ask) for name in row.guards if GUARDS[name].needs in needs) and _when(row, state):
            found[row.event] = None
    return list(found)


def _when(row: Row, state: CaseState) -> bool:
    """Whether the row can be meant; one that depends on what comes along always can."""
    return row.event == "check" or WHEN[row.when][0](state, None)


def require(outcome: Transition | Refusal) -> Transition:
    """The transition; RequestError with the refusal's code and texts otherwise. For callers that do not answer over the web."""
    if isinstance(outcome, Transition):
        return outcome
    raise RequestError(outcome.code, en="{en_text}", zh="{zh_text}", en_text=outcome.en, zh_text=outcome.zh)
