"""Whoever bends the city's history is found out, and told where: tampering of many kinds, on both databases."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service import event_log
from geo_service.accounts import create_key
from geo_service.event_log import GENESIS, NewEvent, chained_hash, event, event_head
from geo_service.flows.audit.service import put_head_outside, verify
from tests.flows.conftest import NOW, Service

KEY = b"kept elsewhere"


@pytest.fixture
def logged(service: Service) -> Service:
    """Four cases, a few events each, and heads outside after the third and the last but one."""
    for n in range(4):
        body = {"channel": "hotline", "description": f"a hole {n}", "lon": 113.001, "lat": 34.001, "datum": "wgs84"}
        answer = service.client.post("/api/v1/reports", json=body, headers=service.operator)
        assert answer.status_code == 201, answer.text
        if n in (1, 2):
            note_head(service, NOW + dt.timedelta(minutes=5 * n))
    return service


def note_head(service: Service, at: dt.datetime) -> None:
    settings = service.wiring.settings
    with service.database.reading() as connection:
        assert put_head_outside(connection, heads=settings.heads_file, key=KEY, now=at)


def found_in(service: Service) -> tuple[set[str], int, int, set[int | None]]:
    """(kinds, vouched to, events, positions) of what the proof finds."""
    settings = service.wiring.settings
    with service.database.reading() as connection:
        found, _ = verify(connection, heads=settings.heads_file, key=KEY)
    placed = {f.position for f in found.findings if f.kind in ("altered", "removed", "rewritten")}
    return {f.kind for f in found.findings}, found.vouched_to, found.events, placed


def unlocked(connection: Connection) -> None:
    """What an attacker with the database's own rights does first: the triggers are taken away."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ALTER TABLE event DISABLE TRIGGER USER"))
        return
    for name in connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='event'")).scalars().all():
        connection.execute(sa.text(f'DROP TRIGGER "{name}"'))


def rechained(connection: Connection, first: int = 1) -> None:
    """Computes every hash anew from a position on, and the head: what a careful attacker does last."""
    rows = connection.execute(sa.select(event).order_by(event.c.position)).all()
    previous = GENESIS
    for position, row in enumerate(rows, start=1):
        new = NewEvent(row.kind, row.case_id, row.actor, row.at, row.data)
        previous = chained_hash(previous, position, new)
        if row.position != position or row.hash != previous:
            where = event.c.position == row.position
            connection.execute(sa.update(event).where(where).values(position=position, hash=previous))
    connection.execute(sa.update(event_head).values(position=len(rows), hash=previous))


def edit(connection: Connection) -> None:
    connection.execute(sa.update(event).where(event.c.position == 3).values(actor="somebody else"))


def edit_instant(connection: Connection) -> None:
    connection.execute(sa.update(event).where(event.c.position == 3).values(at=NOW - dt.timedelta(days=1)))


def delete(connection: Connection) -> None:
    connection.execute(sa.delete(event).where(event.c.position == 3))


def insert(connection: Connection) -> None:
    last = connection.execute(sa.select(event).order_by(event.c.position.desc()).limit(1)).one()
    row = {**last._mapping, "position": last.position + 1, "kind": "closed"}
    connection.execute(sa.insert(event).values(row))


def swap(connection: Connection) -> None:
    for old, new in ((3, 999), (4, 3), (999, 4)):
        connection.execute(sa.update(event).where(event.c.position == old).values(position=new))


def cut_tail(connection: Connection) -> None:
    last = connection.execute(sa.select(sa.func.max(event.c.position))).scalar_one()
    connection.execute(sa.delete(event).where(event.c.position == last))


def cut_tail_and_head(connection: Connection) -> None:
    connection.execute(sa.delete(event).where(event.c.position > 2))
    rechained(connection)


def rewrite_all(connection: Connection) -> None:
    connection.execute(sa.update(event).where(event.c.position == 1).values(actor="somebody else"))
    rechained(connection)


def remove_a_case(connection: Connection) -> None:
    for table in ("case_area", "reporter", "escalation", "case_record"):
        connection.execute(sa.text(f"DELETE FROM {table} WHERE case_id = 1"))
    connection.execute(sa.delete(event).where(event.c.case_id == 1))
    rechained(connection)


def remove_a_row(connection: Connection) -> None:
    for table in ("case_area", "reporter", "escalation", "case_record"):
        connection.execute(sa.text(f"DELETE FROM {table} WHERE case_id = 1"))


def alter_a_row(connection: Connection) -> None:
    connection.execute(sa.text("UPDATE case_record SET state = 'closed' WHERE case_id = 2"))


def slip_a_case_in(connection: Connection) -> None:
    columns = [c.name for c in sa.Table("case_record", sa.MetaData(), autoload_with=connection).columns if c.name != "case_id"]
    names = ", ".join(f'"{c}"' for c in columns)
    copied = names.replace('"tracking_number"', "'20260101-000001'")
    connection.execute(sa.text(f"INSERT INTO case_record (case_id, {names}) SELECT 777, {copied} FROM case_record WHERE case_id = 2"))


def alter_head(connection: Connection) -> None:
    connection.execute(sa.update(event_head).values(hash="f" * 64))


TAMPERING: list[tuple[Callable[[Connection], None], set[str]]] = [
    (edit, {"altered"}),
    (edit_instant, {"altered"}),
    (delete, {"removed"}),
    (insert, {"altered", "head_altered"}),
    (swap, {"altered"}),
    (cut_tail, {"cut"}),
    (cut_tail_and_head, {"cut", "case_unlogged"}),
    (rewrite_all, {"rewritten"}),
    (remove_a_case, {"rewritten"}),
    (remove_a_row, {"case_missing"}),
    (alter_a_row, {"case_altered"}),
    (slip_a_case_in, {"case_unlogged"}),
    (alter_head, {"head_altered"}),
]


@pytest.mark.parametrize(("tamper", "kinds"), TAMPERING, ids=[one.__name__ for one, _ in TAMPERING])
def test_tampering_is_found_and_placed(logged: Service, tamper: Callable[[Connection], None], kinds: set[str]) -> None:
    assert found_in(logged)[0] == set()
    with logged.database.writing() as connection:
        unlocked(connection)
        tamper(connection)
    found, _, _, positions = found_in(logged)
    assert kinds <= found, found
    if tamper in (edit, edit_instant, delete, swap):
        assert 3 in positions  # and 1: a head outside vouches for 1 to 3 as they were


def test_the_proof_says_up_to_where_something_outside_vouches(logged: Service) -> None:
    kinds, vouched, events, _ = found_in(logged)
    assert (kinds, vouched) == (set(), events - 1)
    note_head(logged, NOW + dt.timedelta(minutes=20))
    assert found_in(logged)[1] == events
    with logged.database.writing() as connection:
        unlocked(connection)
        connection.execute(sa.update(event).where(event.c.position == events).values(actor="x"))
        rechained(connection)
    kinds, vouched, _, positions = found_in(logged)
    assert (kinds, vouched, positions) == ({"rewritten"}, events - 1, {events})


def test_an_auditor_reads_the_log_and_nobody_else(logged: Service) -> None:
    with logged.database.writing() as connection:
        key = create_key(connection, name="eye", role="auditor", at=NOW, by="test")
    eye = {"Authorization": f"Bearer {key}"}
    first = logged.client.get("/api/v1/audit/events?limit=2", headers=eye).json()
    rest = logged.client.get(f"/api/v1/audit/events?before={first['next']}", headers=eye).json()
    positions = [e["position"] for e in first["items"] + rest["items"]]
    with logged.database.reading() as connection:
        assert positions == [e.position for e in reversed(event_log.after(connection, 0))]
    received = logged.client.get("/api/v1/audit/events?kind=received&case_id=2", headers=eye).json()["items"]
    assert [e["case_id"] for e in received] == [2]
    proof = logged.client.post("/api/v1/audit/verify", headers=eye).json()
    assert (proof["whole"], proof["cases"]) == (False, 4)  # the service's own settings hold no key: the file's lines are not its own
    assert {f["kind"] for f in proof["findings"]} == {"heads_altered"}
    assert logged.client.get("/api/v1/audit/events", headers=logged.operator).status_code == 403
    assert logged.client.get("/api/v1/audit/events").status_code == 401
    assert logged.client.get("/api/v1/audit/events?from_at=2026-01-01T00:00:00", headers=eye).status_code == 422
