"""The action `consult` on a case: the same consultation as one that is convened at /consultations, by the same writer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service.accounts import Actor
from geo_service.cases.acting import held_case
from geo_service.cases.consulting.stepping import refused
from geo_service.cases.model import Case
from geo_service.cases.repository import case as case_of
from geo_service.cases.workflow import Refusal, decide
from geo_service.errors import RequestError
from geo_service.flows.consultation.reading import require_version
from geo_service.flows.consultation.service import open_one
from geo_service.flows.consultation.speaking import role_for, speaker


def consult(connection: Connection, case_id: int, said: dict[str, Any], *, expected_version: int, actor: Actor, now: datetime) -> Case:
    """The case after a consultation was opened on it. said: tier (the one above the reached one), entry, note; and what `open_one` takes.

    No tier is ever reached without a consultation that says who leads, who is asked and until when. Errors as the workflow's and as
    `open_one`; RequestError for a consultation_id, which is given here and never taken.
    """
    case, state = held_case(connection, case_id)
    require_version(case.version, expected_version, ("案件", "the case"))
    who = speaker(actor)
    role = role_for("consult", who)
    asked: dict[str, Any] = {name: said[name] for name in ("tier", "entry", "note") if name in said}
    outcome = decide(state, "consult", role=role, actor=who.called(role), payload=asked, now=now)
    if isinstance(outcome, Refusal):
        raise refused(outcome)
    if said.get("consultation_id") is not None:
        raise RequestError(
            "consultation_is_made_here",
            en="the consultation is made by this action: leave consultation_id out",
            zh="会商由本操作创建，请勿填写 consultation_id",
            field="consultation_id",
        )
    rest = {name: value for name, value in said.items() if name not in ("tier", "consultation_id")}
    open_one(connection, case_id, rest, expected_version=expected_version, actor=actor, now=now)
    return case_of(connection, case_id)
