"""The stories of the audit: the log page by page, and the whole of it proved. Takes a connection, never commits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service import event_log
from geo_service.audit import Finding, Verified, read_heads, verify_chain, write_head
from geo_service.cases import Case
from geo_service.cases.progress import fold_case
from geo_service.cases.repository import of_row
from geo_service.cases.tables import case_record
from geo_service.cases.workflow import Recorded
from geo_service.event_log import Event, event

BATCH = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: each None means any."""

    kind: str | None = None
    actor: str | None = None
    case_id: int | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None


def page(connection: Connection, wanted: Wanted, *, before: int | None, limit: int) -> tuple[list[Event], int | None]:
    """Events that match, newest first, and where the next page begins."""
    c = event.c
    where = [c.position < before] if before is not None else []
    for column, value in ((c.kind, wanted.kind), (c.actor, wanted.actor), (c.case_id, wanted.case_id)):
        if value is not None:
            where.append(column == value)
    if wanted.from_at is not None:
        where.append(c.at >= wanted.from_at)
    if wanted.to_at is not None:
        where.append(c.at < wanted.to_at)
    rows = connection.execute(sa.select(event).where(*where).order_by(c.position.desc()).limit(limit + 1)).all()
    found = [Event(row.kind, row.case_id, row.actor, row.at, row.data, row.position, row.hash) for row in rows[:limit]]
    return found, (found[-1].position if len(rows) > limit else None)


def verify(connection: Connection, *, heads: Path, key: bytes | None) -> tuple[Verified, int]:
    """The log against itself, against the heads outside, and every case against its events; and how many cases there are."""
    found = verify_chain(connection, read_heads(heads, key=key))
    cases = 0
    for finding in _cases_against_log(connection):
        if finding is None:
            cases += 1
        else:
            found.findings.append(finding)
    return found, cases


def put_head_outside(connection: Connection, *, heads: Path, key: bytes | None, now: datetime) -> bool:
    """Writes where the log stands to the file outside; False when nothing happened since."""
    position, digest = event_log.head_of(connection)
    return write_head(heads, at=now, position=position, digest=digest, key=key) if position else False


def _cases_against_log(connection: Connection) -> Iterator[Finding | None]:
    """None for each case, and a finding for each that is not what its events make of it, or is not there."""
    rows = list(connection.execute(sa.select(case_record.c.case_id).order_by(case_record.c.case_id)).scalars())
    logged = set(connection.execute(sa.select(event.c.case_id).where(event.c.case_id.is_not(None)).distinct()).scalars())
    for gone in sorted(logged.difference(rows)):
        yield Finding(
            "case_missing", None, f"案件 {gone} 在日志中，但记录已不存在", f"case {gone} is in the log, but its row is gone", gone
        )
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        of_case: dict[int, list[Recorded]] = defaultdict(list)
        query = sa.select(event).where(event.c.case_id.in_(some)).order_by(event.c.position)
        for one in connection.execute(query):
            of_case[one.case_id].append(Recorded(one.kind, one.at, one.actor, one.data))
        for row in connection.execute(sa.select(case_record).where(case_record.c.case_id.in_(some)).order_by(case_record.c.case_id)):
            yield None
            case = of_row(row)
            if case.case_id not in of_case:
                zh, en = f"案件 {case.case_id} 不在日志中", f"case {case.case_id} is not in the log"
                yield Finding("case_unlogged", None, zh, en, case.case_id)
            elif not _follows(case, of_case[case.case_id]):
                zh = f"案件 {case.case_id} 的记录与其日志不符"
                en = f"the row of case {case.case_id} is not what its events make of it"
                yield Finding("case_altered", None, zh, en, case.case_id)


def _follows(case: Case, events: list[Recorded]) -> bool:
    try:
        return bool(fold_case(case, events) == case)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False  # events that no workflow makes
