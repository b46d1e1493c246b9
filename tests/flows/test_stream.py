"""The stream: nothing missed, nothing doubled, nothing beyond one's scope, on both databases."""

import asyncio
import datetime as dt
import json
import random
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest
import sqlalchemy as sa

from geo_service import event_log
from geo_service.accounts import create_key, revoke_key
from geo_service.cases.tables import case_record
from geo_service.db import Database
from geo_service.event_log import NewEvent
from geo_service.flows.stream import service as stream
from geo_service.flows.stream.batches import Batch, read_batch
from geo_service.flows.stream.service import Feed, Hello, Listener, follow
from geo_service.scope import EVERYTHING, NOTHING, Reach, Scope
from tests import city
from tests.flows.conftest import NOW, Service
from tests.services.serving import Process

T = TypeVar("T")


@pytest.fixture
def feed(service: Service) -> Iterator[Feed]:
    own = Feed(service.database, lambda: NOW)
    yield own
    own.close()


def report(service: Service, x: float = 50, y: float = 50, **more: object) -> int:
    lon, lat = city.lonlat(x, y)
    body = {"lon": lon, "lat": lat, "datum": "wgs84", "description": "a hole", "channel": "hotline", **more}
    answer = service.client.post("/api/v1/reports", json=body, headers=service.operator)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["case_id"])


def act(service: Service, case_id: int, event: str, **said: object) -> None:
    version = service.client.get(f"/api/v1/cases/{case_id}", headers=service.operator).headers["etag"]
    headers = {**service.operator, "If-Match": version}
    answer = service.client.post(f"/api/v1/cases/{case_id}/actions/{event}", json=said, headers=headers)
    assert answer.status_code == 200, answer.text


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What the work comes to, in a thread of its own: the browser tests leave a loop running in theirs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


def test_writers_and_readers_at_once_miss_nothing_and_double_nothing(service: Service, feed: Feed) -> None:
    """Four writers; two readers that break off again and again and come back with the last position they saw."""
    cases = [report(service), report(service, 250, 50)]
    with service.database.reading() as connection:
        begin = event_log.head_of(connection)[0]
    last = begin + 4 * 60

    def write(n: int) -> None:
        for i in range(60):
            with service.database.writing() as connection:
                new = NewEvent("supervised", cases[(n + i) % 2], f"writer {n}", NOW, {"n": i})
                event_log.append(connection, [new])
            feed.wake()

    async def read(seed: int, seen: list[int]) -> None:
        rng, at = random.Random(seed), begin
        while at < last:
            left = rng.randint(1, 4)
            async for one in follow(feed, at):
                if isinstance(one, Batch):
                    assert one.after == at or at == begin
                    seen += [position for position, _, _ in one.events]
                    at = one.position
                    left -= 1
                if left == 0 or at >= last:
                    break

    async def both() -> list[list[int]]:
        seen: list[list[int]] = [[], []]
        await asyncio.wait_for(asyncio.gather(*(read(n, seen[n]) for n in range(2))), 60)
        return seen

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    seen = run(both)
    for writer in writers:
        writer.join()
    assert seen == [list(range(begin + 1, last + 1))] * 2


def first_batches(feed: Feed, after: int | None, count: int) -> list[Hello | Batch]:
    async def read() -> list[Hello | Batch]:
        found: list[Hello | Batch] = []
        async for one in follow(feed, after):
            if one is not None:
                found.append(one)
            if len(found) == count:
                break
        return found

    return run(lambda: asyncio.wait_for(read(), 20))


def test_whoever_comes_back_gets_what_happened_since(service: Service, feed: Feed) -> None:
    case_id = report(service)
    with service.database.reading() as connection:
        before = event_log.head_of(connection)[0]
    act(service, case_id, "verify_on_site")
    hello, batch = first_batches(feed, before, 2)
    assert hello == Hello(before + 1, resumed=True)
    assert isinstance(batch, Batch)
    said = json.loads(batch.within(EVERYTHING))
    assert (said["after"], said["position"], said["kinds"]) == (before, before + 1, {str(case_id): ["verification_asked"]})
    assert [(row["case_id"], row["state"], row["left"]) for row in said["cases"]] == [(case_id, "verifying", False)]


@pytest.mark.parametrize("after", [10**9, "too old"])
def test_a_position_that_is_too_old_or_of_another_log_begins_anew(
    service: Service, feed: Feed, after: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(service)
    if after == "too old":
        monkeypatch.setattr(stream, "TOO_OLD", 0)
    (hello,) = first_batches(feed, 0 if after == "too old" else int(after), 1)
    assert isinstance(hello, Hello)
    assert not hello.resumed


def test_a_listener_that_is_too_slow_is_dropped_and_memory_stays(feed: Feed, service: Service) -> None:
    loop = asyncio.new_event_loop()
    slow = Listener(loop)
    batch = Batch(0, 1, [], {}, {}, {})
    for _ in range(stream.QUEUE + 10):
        slow.offer(batch)
    assert slow.dropped
    assert slow.queue.qsize() == stream.QUEUE
    loop.close()


def batch_since(service: Service, position: int) -> Batch:
    with service.database.reading() as connection:
        found = read_batch(connection, position, now=NOW)
    assert found is not None
    return found


def head(service: Service) -> int:
    with service.database.reading() as connection:
        return event_log.head_of(connection)[0]


def test_everybody_sees_what_their_scope_reaches_and_no_more(service: Service) -> None:
    start = head(service)
    here, there = report(service, 50, 50), report(service, 280, 50)
    found = batch_since(service, start)
    in_a = Scope(reaches=(Reach(city.A),))
    assert {row["case_id"] for row in json.loads(found.within(in_a))["cases"]} == {here}
    assert {row["case_id"] for row in json.loads(found.within(EVERYTHING))["cases"]} == {here, there}
    nothing = json.loads(found.within(NOTHING))
    assert (nothing["cases"], nothing["kinds"], nothing["events"]) == ([], {}, [])
    assert nothing["position"] == found.position


def test_a_case_that_moves_away_leaves_and_says_nothing_else(service: Service) -> None:
    case_id = report(service, 50, 50)
    start = head(service)
    act(service, case_id, "correct_routing", area_code=f"{city.B1}01", reason="the caller meant the other side")
    found = batch_since(service, start)
    was, now = Scope(reaches=(Reach(city.A),)), Scope(reaches=(Reach(city.B),))
    assert json.loads(found.within(was))["cases"] == [{"case_id": case_id, "left": True}]
    assert json.loads(found.within(was))["kinds"] == {}
    assert [row["areas"]["community"] for row in json.loads(found.within(now))["cases"]] == [city.B]
    assert json.loads(found.within(Scope(reaches=(Reach(city.V),))))["cases"] == []


def test_a_case_whose_log_tells_no_story_holds_up_nobody(service: Service, feed: Feed, caplog: pytest.LogCaptureFixture) -> None:
    whole = report(service)
    copied = [case_record.c.case_id + 1000 if c is case_record.c.case_id else c for c in case_record.c if c.name != "tracking_number"]
    names = [c.name for c in case_record.c if c.name != "tracking_number"]
    chosen = sa.select(*copied, sa.literal("WITHOUT-A-LOG"))
    with service.database.writing() as connection:
        connection.execute(sa.insert(case_record).from_select([*names, "tracking_number"], chosen))
    start = head(service)
    with service.database.writing() as connection:
        for owner in ("post:4", "post:5"):
            event_log.append(connection, [NewEvent("handed_over", whole + 1000, "test", NOW, {"owner": owner})])
    assert [batch.position for batch in feed.missed(start, start + 2)] == [start + 2]
    assert [batch.position for batch in feed.missed(start + 1, start + 2)] == [start + 2]  # with an event before it that begins no case
    assert f"case {whole + 1000} left their sight" in caplog.text
    act(service, whole, "correct_routing", area_code=f"{city.B1}01", reason="x")
    assert {"case_id": whole, "left": True} in json.loads(feed.missed(start + 1, head(service))[0].within(Scope(reaches=(Reach(city.A),))))[
        "cases"
    ]


def test_phones_in_texts_are_masked(service: Service) -> None:
    start = head(service)
    report(service, description="call 13812348000 or 010-62345678", address="光明路12号 139 1234 5678")
    text = batch_since(service, start).within(EVERYTHING).decode()
    assert "138****8000" in text
    for canary in ("13812348000", "62345678", "1234 5678"):
        assert canary not in text


def lines_of(answer: httpx2.Response) -> Iterator[dict[str, str]]:
    """The events of a stream, a dictionary each."""
    found: dict[str, str] = {}
    for line in answer.iter_lines():
        if not line and found:
            yield found
            found = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            found[name] = value


def test_a_browser_listens_breaks_off_and_resumes_until_its_key_ends(founded_url: str, founded: Database, tmp_path: Path) -> None:
    with founded.writing() as connection:
        key = create_key(connection, name="desk 1", role="operator", at=NOW, by="test")
    bearer = {"Authorization": f"Bearer {key}"}
    process = Process(founded_url, tmp_path)
    process.start()
    lon, lat = city.lonlat(50, 50)
    body = {"lon": lon, "lat": lat, "datum": "wgs84", "description": "a hole"}
    try:
        with httpx2.Client(base_url=process.address, headers=bearer, timeout=20) as client:
            assert httpx2.get(f"{process.address}/api/v1/events").status_code == 401
            with client.stream("GET", "/api/v1/events") as answer:
                assert answer.headers["content-type"].startswith("text/event-stream")
                events = lines_of(answer)
                assert next(events)["event"] == "hello"
                case_id = client.post("/api/v1/reports", json=body).json()["case_id"]
                batch = next(events)
            assert (batch["event"], json.loads(batch["data"])["cases"][0]["case_id"]) == ("batch", case_id)
            second = client.post("/api/v1/reports", json=body).json()["case_id"]
            with client.stream("GET", "/api/v1/events", headers={"Last-Event-ID": batch["id"]}) as answer:
                events = lines_of(answer)
                assert next(events)["event"] == "hello"
                assert json.loads(next(events)["data"])["cases"][0]["case_id"] == second
                with founded.writing() as connection:
                    revoke_key(connection, name="desk 1", at=dt.datetime.now(dt.UTC), by="test")
                rest = [event["event"] for event in events]  # ends by itself, within seconds
            assert rest[-1] == "reset"
            assert client.get("/api/v1/events").status_code == 401
    finally:
        process.kill()


def test_rows_are_read_once_for_all(service: Service) -> None:
    start = head(service)
    report(service)
    found = batch_since(service, start)
    assert found.event(EVERYTHING) is found.event(Scope(everything=True))
    with service.database.writing() as connection:
        connection.execute(sa.update(case_record).values(updated_at=NOW))
    assert found.event(EVERYTHING) is found.event(EVERYTHING)
