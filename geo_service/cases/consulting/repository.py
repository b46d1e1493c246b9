"""Consultations in the database, each written with its event in the log of its case. Takes a connection, never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.consultation import RUNNING, Consultation
from geo_service.cases.consultation.meeting import from_json, to_json
from geo_service.cases.consulting.sight import ALL, Sight
from geo_service.cases.consulting.tables import consultation, consultation_party
from geo_service.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Kept:
    """A consultation as it is kept. version grows with every change."""

    consultation_id: int
    version: int
    updated_at: datetime
    one: Consultation


@dataclass(frozen=True, slots=True)
class MeetingFilter:
    """Which consultations are meant: each None means any. party: who takes part; silent: only where that party has not been heard yet.

    states: any of these. overdue: those whose deadline passed without a quorum. sight: what the caller may see.
    """

    states: tuple[str, ...] | None = None
    tier: int | None = None
    entry: str | None = None
    case_id: int | None = None
    lead: str | None = None
    party: str | None = None
    silent: bool = False
    precedent: bool | None = None
    overdue: bool | None = None
    sight: Sight = ALL


def add(connection: Connection, one: Consultation, *, at: datetime) -> Kept:
    """Stores a new consultation."""
    values = {"version": 1, "updated_at": at, **_columns(one)}
    made = connection.execute(sa.insert(consultation).values(values).returning(consultation.c.consultation_id)).scalar_one()
    _write_parties(connection, made, one)
    return Kept(made, 1, at, one)


def keep(connection: Connection, before: Kept, one: Consultation, *, at: datetime) -> Kept:
    """Stores what it has become."""
    t = consultation.c
    values = {"version": before.version + 1, "updated_at": at, **_columns(one)}
    connection.execute(sa.update(consultation).where(t.consultation_id == before.consultation_id).values(values))
    _write_parties(connection, before.consultation_id, one)
    return Kept(before.consultation_id, before.version + 1, at, one)


def _columns(one: Consultation) -> dict[str, Any]:
    copied = ("case_id", "tier", "state", "entry", "lead", "convened_at", "opinions_due_at", "ended_at", "overdue_at")
    precedent = one.ruling is not None and one.ruling.precedent
    return {**{name: getattr(one, name) for name in copied}, "precedent": precedent, "body": to_json(one)}


def _write_parties(connection: Connection, consultation_id: int, one: Consultation) -> None:
    stance = {opinion.agency: opinion.stance for opinion in one.opinions}
    connection.execute(sa.delete(consultation_party).where(consultation_party.c.consultation_id == consultation_id))
    rows = [{"consultation_id": consultation_id, "party": party, "stance": stance.get(party)} for party in one.invited]
    connection.execute(sa.insert(consultation_party), rows)


def found(connection: Connection, consultation_id: int) -> Kept:
    """One consultation. NotFoundError when there is none of this id."""
    row = connection.execute(sa.select(consultation).where(consultation.c.consultation_id == consultation_id)).one_or_none()
    if row is None:
        raise NotFoundError(
            "consultation_not_found",
            en="there is no consultation {consultation_id}",
            zh="没有编号为 {consultation_id} 的会商",
            consultation_id=consultation_id,
        )
    return _of(row)


def of_case(connection: Connection, case_id: int) -> list[Kept]:
    """The consultations on a case, oldest first."""
    t = consultation.c
    query = sa.select(consultation).where(t.case_id == case_id).order_by(t.consultation_id)
    return [_of(row) for row in connection.execute(query)]


def conditions(wanted: MeetingFilter) -> list[sa.ColumnElement[bool]]:
    """The filter as SQL conditions."""
    c, p = consultation.c, consultation_party.c
    where: list[sa.ColumnElement[bool]] = []
    plain = ((c.tier, wanted.tier), (c.entry, wanted.entry), (c.case_id, wanted.case_id), (c.lead, wanted.lead))
    where += [column == value for column, value in plain if value is not None]
    if wanted.states is not None:
        where.append(c.state.in_(wanted.states))
    if wanted.precedent is not None:
        where.append(c.precedent.is_(wanted.precedent))
    if wanted.overdue is not None:
        where.append(c.overdue_at.is_not(None) if wanted.overdue else c.overdue_at.is_(None))
    if wanted.party is not None:
        asked = sa.select(p.consultation_id).where(p.party == wanted.party)
        if wanted.silent:
            asked = asked.where(p.stance.is_(None))
            where.append(c.state == "open")
        where.append(c.consultation_id.in_(asked))
    if not wanted.sight.everything:
        mine = sa.select(p.consultation_id).where(p.party.in_(wanted.sight.voices))
        where.append(c.consultation_id.in_(mine) | c.case_id.in_(wanted.sight.cases()))
    return where


def page(connection: Connection, wanted: MeetingFilter, *, before: int | None, limit: int) -> tuple[list[Kept], int]:
    """Consultations that match, newest first, with an id below `before`, and how many match in all."""
    where = conditions(wanted)
    total = connection.execute(sa.select(sa.func.count()).select_from(consultation).where(*where)).scalar_one()
    if before is not None:
        where.append(consultation.c.consultation_id < before)
    query = sa.select(consultation).where(*where).order_by(consultation.c.consultation_id.desc()).limit(limit)
    return [_of(row) for row in connection.execute(query)], int(total)


def awaiting(connection: Connection, *, now: datetime) -> list[int]:
    """Ids of consultations whose deadline for opinions has passed while they were open, in the order of their deadlines."""
    t = consultation.c
    query = sa.select(t.consultation_id).where(t.state == "open", t.overdue_at.is_(None), t.opinions_due_at < now)
    return list(connection.execute(query.order_by(t.opinions_due_at, t.consultation_id)).scalars())


def running_on(kept: Sequence[Kept]) -> Kept | None:
    """The one that is still going on; there is one at most."""
    return next((one for one in kept if one.one.state in RUNNING), None)


def _of(row: sa.Row[Any]) -> Kept:
    return Kept(row.consultation_id, row.version, row.updated_at, from_json(row.body))
