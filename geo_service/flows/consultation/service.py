"""The story of a consultation, without HTTP: convened on a case, heard, minuted, ruled; every step in the log of its case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from geo_service.accounts import Actor
from geo_service.cases.acting import held_case
from geo_service.cases.consultation import (
    TIERS,
    Consultation,
    adjourn,
    give_opinion,
    invite,
    proposed_rule,
    record_minutes,
    rule,
    settle,
)
from geo_service.cases.consultation.payloads import VERBS, Open
from geo_service.cases.consulting import repository
from geo_service.cases.consulting.proposals import propose
from geo_service.cases.consulting.repository import Kept, of_case
from geo_service.cases.consulting.stepping import later_than, stepped
from geo_service.cases.model import Case
from geo_service.cases.workflow import CaseState
from geo_service.errors import DeniedError, RequestError
from geo_service.flows.consultation.going_up import escalated, open_tier
from geo_service.flows.consultation.reading import read_record, read_said, require_version
from geo_service.flows.consultation.speaking import CENTRE, Speaker, must_exist, must_lead, role_for, speaker, voice_for
from geo_service.published import Published

WHAT = ("会商", "the consultation")


class Step(Protocol):
    """One event on a case that is held, by the one workflow and all its rules; given by whoever puts the service together."""

    def __call__(
        self,
        connection: Connection,
        published: Published,
        case: Case,
        state: CaseState,
        event: str,
        said: dict[str, Any],
        *,
        role: str,
        name: str,
        now: datetime,
    ) -> Case: ...


@dataclass(frozen=True)
class Doing:
    """A step that somebody wants to take in a consultation, whose case is held."""

    connection: Connection
    published: Published
    case: Case
    kept: Kept
    who: Speaker
    said: Any
    at: datetime
    step: Step

    def done(self, one: Consultation, kind: str, said: dict[str, Any], *, actor: str) -> Kept:
        """Written, with its event."""
        return stepped(self.connection, self.case, self.kept, one, kind, said, actor=actor, at=self.at)[1]


def open_one(connection: Connection, case_id: int, said: dict[str, Any], *, expected_version: int, actor: Actor, now: datetime) -> Kept:
    """A new consultation on a case, in the tier above the one it has reached. Errors as `flows.dispatch.acting.act`."""
    case, state = held_case(connection, case_id)
    require_version(case.version, expected_version, ("案件", "the case"))
    asked: Open = read_record(Open, said)
    must_exist(connection, [asked.lead] if asked.lead else [], field="lead")
    must_exist(connection, asked.invited, field="invited")
    who = speaker(actor)
    role = role_for("consult", who)
    why = {"entry": asked.entry, "zh": asked.note or "由调度中心提请会商", "en": asked.note or "put into consultation by hand"}
    _, kept = open_tier(
        connection,
        case,
        of_case(connection, case_id),
        entry=asked.entry,
        role=role,
        actor=who.called(role),
        at=later_than(state, now),
        why=why,
        lead=asked.lead,
        invited=asked.invited,
        due=asked.opinions_due_at,
        chair=asked.chair,
        note=asked.note,
    )
    return kept


def act(
    connection: Connection,
    published: Published,
    consultation_id: int,
    verb: str,
    said: dict[str, Any],
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
    step: Step,
) -> Kept:
    """The consultation after the step (the one of the next tier after `escalate`), in the caller's transaction.

    NotFoundError: no such consultation or verb. StaleError: it changed. DeniedError: not invited, not the lead, may not rule.
    ConflictError: too early, too late, over, no quorum. RequestError: what was said cannot be, field by field.
    """
    first = repository.found(connection, consultation_id)
    case, state = held_case(connection, first.one.case_id)
    kept = repository.found(connection, consultation_id)  # again, now that nobody else can change it
    asked = read_said(VERBS, verb, said)
    require_version(kept.version, expected_version, WHAT)
    doing = Doing(connection, published, case, kept, speaker(actor), asked, later_than(state, now), step)
    return _VERBS[verb](doing)


def _invite(do: Doing) -> Kept:
    name = must_lead(do.who, do.kept.one.lead)
    must_exist(do.connection, do.said.agencies, field="agencies")
    one = invite(do.kept.one, agencies=do.said.agencies, at=do.at)
    return do.done(one, "consultation_invited", {"agencies": list(do.said.agencies)}, actor=name)


def _opinion(do: Doing) -> Kept:
    agency, by = voice_for(do.who, do.said.agency, do.kept.one.invited, field="agency")
    one = give_opinion(do.kept.one, agency=agency, stance=do.said.stance, words=do.said.words, at=do.at, by=by)
    return do.done(one, "opinion_given", {"agency": agency, "stance": do.said.stance, "words": do.said.words}, actor=by)


def _adjourn(do: Doing) -> Kept:
    name = must_lead(do.who, do.kept.one.lead, "city_leader")
    due = do.said.opinions_due_at
    one = adjourn(do.kept.one, words=do.said.words, opinions_due_at=due, at=do.at)
    return do.done(one, "consultation_adjourned", {"words": do.said.words, "opinions_due_at": due.isoformat()}, actor=name)


def _minutes(do: Doing) -> Kept:
    name = must_lead(do.who, do.kept.one.lead, "city_leader")
    one = record_minutes(do.kept.one, words=do.said.words, attended=do.said.attended, at=do.at)
    return do.done(one, "consultation_minuted", {"words": do.said.words, "attended": list(do.said.attended)}, actor=name)


def _settle(do: Doing) -> Kept:
    name = must_lead(do.who, do.kept.one.lead, "city_leader")
    one = settle(do.kept.one, reason=do.said.reason, at=do.at)
    return do.done(one, "consultation_settled", {"reason": do.said.reason}, actor=name)


def _escalate(do: Doing) -> Kept:
    said, one = do.said, do.kept.one
    name = must_lead(do.who, one.lead)
    must_exist(do.connection, [said.lead] if said.lead else [], field="lead")
    must_exist(do.connection, said.invited, field="invited")
    role = next((role for role in do.who.roles if role in CENTRE), "system")  # the lead hands it on, the consultation takes it there
    why = {"entry": one.entry, "zh": f"{TIERS[one.tier].zh}未能解决：{said.reason}", "en": f"the tier below could not: {said.reason}"}
    _, above = escalated(
        do.connection,
        do.case,
        of_case(do.connection, one.case_id),
        do.kept,
        entry=one.entry,
        reason=said.reason,
        role=role,
        actor=name,
        at=do.at,
        why=why,
        lead=said.lead,
        invited=said.invited,
        due=said.opinions_due_at,
        chair=said.chair,
    )
    return above


def _rule(do: Doing) -> Kept:
    """The ruling, what the workflow makes of it, and the rule it proposes where it is meant for its kind."""
    said, one = do.said, do.kept.one
    must_exist(do.connection, [said.lead], field="lead")
    must_exist(do.connection, said.cohandlers, field="cohandlers")
    role, by = _ruler(do)
    ruled = rule(one, lead=said.lead, words=said.words, by=by, role=role, at=do.at, cohandlers=said.cohandlers, precedent=said.precedent)
    facts = {"lead": said.lead, "cohandlers": list(said.cohandlers), "words": said.words, "role": role, "precedent": said.precedent}
    after = do.done(ruled, "consultation_ruled", facts, actor=by)
    if said.precedent:
        category, area = _meant_for(do)
        rule_ = proposed_rule(ruled, category=category, area=area, number=after.consultation_id)
        propose(do.connection, rule_, consultation_id=after.consultation_id, actor=by)
    case, state = held_case(do.connection, one.case_id)
    payload = {"owner": said.lead, "cohandlers": list(said.cohandlers), "reason": said.words, "consultation_id": after.consultation_id}
    acting = "system" if role == "agency" else role
    do.step(do.connection, do.published, case, state, "rule", payload, role=acting, name=by, now=do.at)
    return after


def _ruler(do: Doing) -> tuple[str, str]:
    """(role, name in the log) of whoever rules: the lead for itself, else the first of their roles that may rule in this tier."""
    may = TIERS[do.kept.one.tier].rulers
    if "agency" in may and do.kept.one.lead in do.who.voices:
        return "agency", do.kept.one.lead
    role = next((role for role in do.who.roles if role in may), None)
    if role is None or role == "agency":
        raise DeniedError(
            "may_not_rule",
            en="this tier is ruled by {roles}",
            zh="该级会商由以下角色裁定：{roles}",
            roles=", ".join(may),
        )
    return role, do.who.called(role)


def _meant_for(do: Doing) -> tuple[str, str]:
    """The category subtree and the area subtree a precedent is meant for: the case's own category, and its district (or city)."""
    category = do.said.category or do.case.category
    areas = do.case.routing.areas
    area = do.said.area or areas.get("district") or areas.get("city")
    if category is None or area is None:
        field = "category" if category is None else "area"
        raise RequestError(
            "precedent_for_what", en="say for which {field} the precedent is meant", zh="须说明先例适用的 {field}", field=field
        )
    return category, area


_VERBS: dict[str, Callable[[Doing], Kept]] = {
    "invite": _invite,
    "opinion": _opinion,
    "adjourn": _adjourn,
    "minutes": _minutes,
    "rule": _rule,
    "escalate": _escalate,
    "settle": _settle,
}
