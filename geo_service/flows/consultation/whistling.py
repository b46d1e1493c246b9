"""The story of a whistle, without HTTP: a street calls agencies, they report in or not, and the street rates them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service.accounts import Actor
from geo_service.cases.consultation import blow, end_waiting, rate, report_in
from geo_service.cases.consultation.payloads import WHISTLE_VERBS, Blow
from geo_service.cases.consulting import whistles
from geo_service.cases.consulting.whistles import KeptWhistle
from geo_service.errors import DeniedError
from geo_service.flows.consultation.reading import read_record, read_said, require_version
from geo_service.flows.consultation.speaking import must_exist, speaker, voice_for

STREETS = ("street_office", "community_secretary", "village_committee")
"""Roles that may blow a whistle; the centre enters one for them."""


def blow_one(connection: Connection, said: dict[str, Any], *, actor: Actor, now: datetime) -> KeptWhistle:
    """A new whistle. DeniedError for who may not blow, RequestError for what cannot be, ConflictError for a case that has ended."""
    asked: Blow = read_record(Blow, said)
    who = speaker(actor)
    if not who.centre and not any(role in STREETS for role in who.roles):
        raise DeniedError("may_not_blow", en="a street office blows the whistle", zh="吹哨由街道（乡镇）发起")
    street, by = voice_for(who, asked.street, who.voices, field="street")
    must_exist(connection, [street], field="street")
    must_exist(connection, asked.agencies, field="agencies")
    one = blow(street=street, agencies=asked.agencies, about=asked.about, at=now, due_at=asked.due_at, case_id=asked.case_id)
    return whistles.blown(connection, one, actor=by)


def act(
    connection: Connection,
    whistle_id: int,
    verb: str,
    said: dict[str, Any],
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> KeptWhistle:
    """The whistle after a step. NotFoundError, StaleError, DeniedError, ConflictError and RequestError as in a consultation."""
    asked = read_said(WHISTLE_VERBS, verb, said)
    kept = whistles.found(connection, whistle_id, held=True)
    require_version(kept.version, expected_version, ("吹哨", "the whistle"))
    who = speaker(actor)
    if verb == "report_in":
        agency, by = voice_for(who, asked.agency, kept.one.agencies, field="agency")
        one = report_in(kept.one, agency=agency, at=now)
        facts = {"agency": agency, "standing": "in_time" if now <= one.due_at else "late"}
        return whistles.changed(connection, kept, one, "agency_reported_in", facts, actor=by, at=now)
    street = kept.one.street if who.centre or kept.one.street in who.voices else who.called("street_office")
    one = rate(kept.one, by=street, agency=asked.agency, stars=asked.stars, words=asked.words or "", at=now)
    by = who.name if who.centre and street not in who.voices else street
    facts = {"agency": asked.agency, "stars": asked.stars, "words": asked.words or ""}
    return whistles.changed(connection, kept, one, "whistle_rated", facts, actor=by, at=now)


def end_due(connection: Connection, whistle_id: int, *, now: datetime) -> bool:
    """Writes down who had not come by the deadline of a whistle, once; returns whether there was anything to write."""
    kept = whistles.found(connection, whistle_id, held=True)
    one = end_waiting(kept.one, now)
    if one == kept.one:
        return False
    assert one.over_at is not None
    facts = {"absent": list(one.absent), "over_at": one.over_at.isoformat()}
    whistles.changed(connection, kept, one, "whistle_over", facts, actor="system", at=now)
    return True
