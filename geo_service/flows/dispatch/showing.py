"""Cases as the wire has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from geo_service.cases import STATES, Case
from geo_service.cases.model import light
from geo_service.event_log import Event
from geo_service.flows.dispatch.schemas import CaseOut, EventOut, LoggedEvent
from geo_service.flows.dispatch.service import Whole
from geo_service.masking import mask_data, mask_text
from geo_service.rulebooks.naming import CategoryNames
from geo_service.workers import Responsible

ARROW = "application/vnd.apache.arrow.stream"


def case_row(found: Case, now: datetime, language: str, names: CategoryNames) -> dict[str, Any]:
    """The fields of a list's row."""
    zh, en, stage, step = STATES[found.state]
    r = found.routing
    return {
        "case_id": found.case_id,
        "tracking_number": found.tracking_number,
        "state": found.state,
        "state_name": zh if language.startswith("zh") else en,
        "stage": stage,
        "step": step,
        "light": light(found, at=now),
        "channel": found.channel,
        "category": found.category,
        "category_name": names.of(found.category, found.rules_version),
        "urgency": found.urgency,
        "description": mask_text(found.description),
        "address": None if found.address is None else mask_text(found.address),
        "area": {"code": r.area_code, "level": r.area_level} if r.area_code else None,
        "verdict": r.verdict,
        "queue": found.queue,
        "lon": r.lon,
        "lat": r.lat,
        "received_at": found.received_at,
        "due_at": found.due_at,
        "warn_at": found.warn_at,
        "owner": found.owner,
        "affair": found.affair,
        "version": found.version,
    }


def case_out(whole: Whole, now: datetime, language: str, names: CategoryNames) -> CaseOut:
    """A whole case."""
    found, r, answers = whole.case, whole.case.routing, whole.responsible
    decision = whole.decision
    limit = {"amount": found.limit_amount, "clock": found.limit_clock} if found.limit_amount is not None else None
    return CaseOut(
        **case_row(found, now, language, names),
        generation=r.generation,
        rule=r.rule,
        areas=r.areas,
        candidates=r.candidates,
        on_border=r.on_border,
        raw_lon=r.raw_lon,
        raw_lat=r.raw_lat,
        datum=r.datum,
        accuracy_m=r.accuracy_m,
        address_level=r.address_level,
        responsible=_answering(answers, language) if answers else None,
        updated_at=found.updated_at,
        closed_at=found.closed_at,
        owner_name=whole.owners.get(found.owner) if found.owner else None,
        cohandlers=[{"owner": one, "name": whole.owners.get(one)} for one in found.cohandlers],
        condition=found.condition,
        rules_version=found.rules_version,
        limit=limit,  # type: ignore[arg-type]  # plain values, checked by pydantic
        dispatch_due_at=found.dispatch_due_at,
        dispatched_at=found.dispatched_at,
        due_assumed=_assumed(whole.events),
        handled_at=found.handled_at,
        returns=found.returns,
        reworks=found.reworks,
        extensions=found.extensions,
        reopenings=found.reopenings,
        consult_tier=found.consult_tier,
        why=None if decision is None else decision["zh" if language.startswith("zh") else "en"],
        decision=decision,
        allowed=whole.allowed,
        viewers=whole.viewers,
        events=[event_out(event) for event in whole.events],
    )


def _answering(who: Responsible, language: str) -> dict[str, str | None]:
    """Who answers now, and why, where it is somebody's stand-in."""
    return {"post": who.title(language), "name": who.name, "agency": who.agency, "why": who.why(language)}


def _assumed(events: Sequence[Event]) -> bool:
    """Whether the deadline in force was worked out beyond the table of holidays: what the last event that set one says."""
    setting = [event for event in events if event.data.get("due_at") is not None]
    return bool(setting) and "beyond_calendar" in setting[-1].data


def event_out(event: Event) -> EventOut:
    """An event of a case."""
    return EventOut(position=event.position, kind=event.kind, at=event.at, actor=event.actor, data=mask_data(event.data))


def logged_event(event: Event, chained: bool) -> LoggedEvent:
    """An event with the state of its hash."""
    return LoggedEvent(**event_out(event).model_dump(), hash=event.hash, chained=chained)


def arrow_stream(columns: dict[str, list[Any]]) -> bytes:
    """Positions as an Arrow IPC stream: id int64, lon and lat float64, state, light and grid as dictionaries of strings."""
    coded = pa.dictionary(pa.int32(), pa.string())
    kinds = {"id": pa.int64(), "lon": pa.float64(), "lat": pa.float64(), "state": coded, "light": coded, "grid": coded}
    plain = {name: pa.array(columns[name], type=pa.string() if kind == coded else kind) for name, kind in kinds.items()}
    table = pa.table({name: column.dictionary_encode() if kinds[name] == coded else column for name, column in plain.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed
