"""Convening: who leads and who is asked in a tier, until when, and the way from one tier to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.repository import require_city
from geo_service.cases.calendars import calendar_in_force
from geo_service.cases.clocks import Limit, due_at
from geo_service.cases.consultation import RUNNING, TIERS, Consultation, convene, lift
from geo_service.cases.consulting.facts import parties
from geo_service.cases.consulting.repository import Kept
from geo_service.cases.consulting.stepping import convened, stepped
from geo_service.cases.model import Case
from geo_service.cases.progress import from_json
from geo_service.errors import ConflictError
from geo_service.workers.tables import agency, post


def opinions_due(connection: Connection, tier: int, at: datetime) -> datetime:
    """The deadline for opinions in a tier: its working days from now."""
    limit = Limit(TIERS[tier].opinion_days, "work_day")
    return due_at(at, limit, calendar_in_force(connection, at=at), require_city(connection).timezone)


def below(kept: Sequence[Kept], case: Case) -> tuple[Consultation | None, int | None]:
    """The consultation of the tier a case has reached, and its id; None for a case that was never consulted on.

    A case that was put into consultation by hand, without one being convened, counts as settled there. ConflictError while one goes on.
    """
    for one in kept:
        if one.one.state in RUNNING:
            raise ConflictError(
                "consultation_running",
                en="consultation {number} on this case is still going on",
                zh="该案件的会商（编号 {number}）尚在进行",
                number=one.consultation_id,
            )
    if case.consult_tier == 0:
        return None, None
    found = [one for one in kept if one.one.tier == case.consult_tier]
    if found:
        return found[-1].one, found[-1].consultation_id
    at = case.updated_at
    by_hand = Consultation(case.case_id, case.consult_tier, "duty_unclear", "", (), at, at + timedelta(seconds=1), 1, state="settled")
    return by_hand, None


def open_tier(
    connection: Connection,
    case: Case,
    kept: Sequence[Kept],
    *,
    entry: str,
    role: str,
    actor: str,
    at: datetime,
    why: Mapping[str, Any],
    lead: str | None = None,
    invited: Sequence[str] = (),
    due: datetime | None = None,
    chair: str | None = None,
    note: str | None = None,
) -> tuple[Case, Kept]:
    """The next tier of a case that is held, convened: those named, and where nobody is named those the tier asks by itself.

    ConflictError where the workflow does not let the case go there, or there is nobody to lead.
    """
    under, under_id = below(kept, case)
    tier = case.consult_tier + 1
    first, others = parties(connection, case) if under is None or not under.invited else (under.lead, list(under.invited))
    if tier == 2:
        first, others = _jointly(connection, first, others)
    leads = lead or first
    if leads is None:
        raise ConflictError("nobody_to_lead", en="nobody has had this case yet: name a lead", zh="案件尚无责任单位：请指定牵头单位")
    everybody = list(dict.fromkeys([*invited, *([first] if first else []), *others])) if tier > 1 or not invited else list(invited)
    one = convene(
        case_id=case.case_id,
        tier=tier,
        entry=entry,
        lead=leads,
        invited=everybody,
        at=at,
        opinions_due_at=due or opinions_due(connection, min(tier, max(TIERS)), at),
        by=actor,
        before=under,
        before_id=under_id,
        chair=chair,
        why=why,
    )
    return convened(connection, case, from_json(case.progress), one, role=role, actor=actor, now=at, note=note)


def _jointly(connection: Connection, lead: str | None, others: Sequence[str]) -> tuple[str | None, list[str]]:
    """City and district together: the city's bureaus of the same name as the districts' are asked too, and the city's centre.

    The city's bureau of the lead's name leads; where there is none the city's centre, and where there is none of that the lead itself.
    """
    asked = [one for one in (lead, *others) if one is not None]
    endings = {one: one.partition("-")[2] for one in asked if one.startswith("agency:") and "-" in one}
    bureaus = list(connection.execute(sa.select(agency.c.code).where(agency.c.level == "city").order_by(agency.c.agency_id)).scalars())
    by_ending = {code.partition("-")[2]: f"agency:{code}" for code in reversed(bureaus) if "-" in code}
    centre = connection.execute(sa.select(post.c.post_id).where(post.c.role == "city_centre").order_by(post.c.post_id).limit(1)).scalar()
    city = [by_ending[ending] for ending in endings.values() if ending in by_ending] + ([f"post:{centre}"] if centre is not None else [])
    leads = by_ending.get(endings.get(lead or "", "")) or (city[-1] if centre is not None else lead)
    return leads, list(dict.fromkeys([*city, *asked]))


def escalated(
    connection: Connection,
    case: Case,
    kept: Sequence[Kept],
    running: Kept,
    *,
    entry: str,
    reason: str,
    role: str,
    actor: str,
    at: datetime,
    why: Mapping[str, Any],
    reached_at: datetime | None = None,
    **named: Any,
) -> tuple[Case, Kept]:
    """One tier up: the consultation that goes on is handed to the next tier, which is convened. reached_at: the deadline that called for
    it. named: as for `open_tier`."""
    lifted = lift(running.one, reason=reason, at=at)
    said = {"reason": reason, **({"reached_at": reached_at.isoformat()} if reached_at else {})}
    case, after = stepped(connection, case, running, lifted, "consultation_lifted", said, actor=actor, at=at)
    others = [after if one.consultation_id == after.consultation_id else one for one in kept]
    return open_tier(connection, case, others, entry=entry, role=role, actor=actor, at=at, why=why, **named)
