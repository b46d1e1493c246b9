"""Hard matters of the demonstration: some of each, played by the service, and nothing that is due the moment it starts."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service import event_log
from geo_service.cases.consultation import fold_consultation, missed
from geo_service.cases.consulting import whistles
from geo_service.cases.consulting.repository import MeetingFilter, page
from geo_service.cases.consulting.tables import consultation, rule_proposal, whistle
from geo_service.cases.consulting.whistles import WhistleFilter
from geo_service.cases.workflow import Recorded
from geo_service.demo.staging import Scene, tell
from geo_service.event_log import NewEvent
from geo_service.flows.consultation.entering import enter_due, would_enter

SOON = dt.timedelta(hours=12)


def test_there_are_consultations_and_whistles_of_several_kinds(connection: Connection) -> None:
    rows = list(connection.execute(sa.select(consultation)))
    assert {row.entry for row in rows} >= {"red_light", "duty_unclear", "whistle_unanswered"}
    assert {row.tier for row in rows} >= {1, 2}
    assert len({row.state for row in rows}) >= 3
    blown = list(connection.execute(sa.select(whistle)))
    assert len(blown) >= 3
    assert connection.execute(sa.select(sa.func.count()).select_from(rule_proposal)).scalar_one() >= 1


def test_each_is_the_fold_of_the_events_of_its_case(filled: Any, connection: Connection) -> None:
    kept, total = page(connection, MeetingFilter(), before=None, limit=1000)
    assert len(kept) == total > 0
    for one in kept:
        events = [Recorded(e.kind, e.at, e.actor, e.data) for e in event_log.of_case(connection, one.one.case_id)]
        assert fold_consultation(events, one.consultation_id) == one.one
        assert not missed(one.one, filled.as_of)
    every, total = whistles.page(connection, WhistleFilter(), before=None, limit=1000, now=filled.as_of)
    assert len(every) == total > 0
    for blown in every:
        assert (blown.one.over_at is not None) == (blown.one.due_at < filled.as_of)


def test_nothing_is_due_when_it_starts(filled: Any) -> None:
    with filled.database.reading() as connection:
        for at in (filled.as_of, filled.as_of + SOON):
            assert would_enter(connection, now=at) == []
    assert enter_due(filled.database, now=filled.as_of) == 0


@pytest.fixture
def log(empty: Any) -> Iterator[Connection]:
    with empty() as connection:
        event_log.metadata.create_all(connection)
        yield connection


def test_scenes_are_played_when_the_log_has_come_to_them(log: Connection) -> None:
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    hours = [start + dt.timedelta(hours=n) for n in range(9)]
    seen = defaultdict(list)

    def scene(name: str, *at: int) -> Scene:
        for n in at:
            yield hours[n]
            seen[name].append(event_log.head_of(log)[0])
            event_log.append(log, [NewEvent(name, None, "test", hours[n], {})])

    tell(
        log,
        [NewEvent("drawn", None, "test", hours[n], {}) for n in (0, 2, 4, 6)],
        [scene("a", 1, 4, 8), scene("b", 3), scene("c", 7)],
        until=hours[7],
    )
    told = event_log.after(log, 0)
    assert [event.at for event in told] == sorted(event.at for event in told)
    assert seen == {"a": [1, 5], "b": [3]}
    assert Counter(event.kind for event in told) == {"drawn": 4, "a": 2, "b": 1}
