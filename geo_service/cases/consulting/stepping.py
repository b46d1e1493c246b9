"""Steps of a hard matter on its case, which is held: written in the log of the case, so that everybody who follows it sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service.cases.acting import write
from geo_service.cases.consultation import Consultation
from geo_service.cases.consulting.repository import Kept, add, keep
from geo_service.cases.model import Case
from geo_service.cases.workflow import CaseState, Policy, Recorded, Refusal, decide
from geo_service.errors import ConflictError, DeniedError, RequestError, ServiceError


def later_than(state: CaseState, now: datetime) -> datetime:
    """The instant of a step on a case: now; the case's last instant, where two machines' clocks differ a little. ConflictError else."""
    if now >= state.updated_at:
        return now
    if now >= state.updated_at - Policy().skew:
        return state.updated_at
    raise ConflictError(
        "clock_set_back", en="the case already has a later event: the clock was set back", zh="案件已有更晚的事件：时钟被回拨"
    )


def convened(
    connection: Connection,
    case: Case,
    state: CaseState,
    one: Consultation,
    *,
    role: str,
    actor: str,
    now: datetime,
    note: str | None = None,
) -> tuple[Case, Kept]:
    """The case and a new consultation on it: the workflow decides whether the case may go to this tier. Errors as the workflow's."""
    asked: dict[str, Any] = {"tier": one.tier, "entry": one.entry, **({"note": note} if note else {})}
    outcome = decide(state, "consult", role=role, actor=actor, payload=asked, now=now)
    if isinstance(outcome, Refusal):
        raise refused(outcome)
    kept = add(connection, one, at=outcome.recorded.at)
    beside = {
        "case_id": one.case_id,
        "lead": one.lead,
        "invited": list(one.invited),
        "quorum": one.quorum,
        "opinions_due_at": one.opinions_due_at.isoformat(),
        "before_id": one.before_id,
        "chair": one.chair,
        "why": dict(one.why),
    }
    data = {**outcome.recorded.data, "consultation_id": kept.consultation_id, "consultation": beside}
    return write(connection, case, replace(outcome.recorded, data=data)), kept


def stepped(
    connection: Connection, case: Case, kept: Kept, one: Consultation, kind: str, said: Mapping[str, Any], *, actor: str, at: datetime
) -> tuple[Case, Kept]:
    """The case and the consultation after a step of it. kind and said: of `consultation.folding.STEPS`."""
    after = keep(connection, kept, one, at=at)
    data = {"consultation_id": kept.consultation_id, "tier": one.tier, **said}
    return write(connection, case, Recorded(kind, at, actor, data)), after


_KIND: dict[str, type[ServiceError]] = {"role": DeniedError, "payload": RequestError}


def refused(refusal: Refusal) -> ServiceError:
    """The workflow's refusal as an error of the service."""
    items = [
        RequestError(one.code, en="{said_en}", zh="{said_zh}", said_en=one.en, said_zh=one.zh, field=one.field) for one in refusal.fields
    ]
    kind = _KIND.get(refusal.about, ConflictError)
    return kind(refusal.code, en="{said_en}", zh="{said_zh}", items=items, said_en=refusal.en, said_zh=refusal.zh)
