"""Clocks of the demonstration's cases are those of a case that the service files and dispatches at the same instants."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection

from geo_service import event_log
from geo_service.cases.clocks import Limit
from geo_service.cases.finding import CaseFilter, cases_page
from geo_service.cases.model import Case
from geo_service.cases.workflow import CaseState, Recorded, fold
from geo_service.demo.dispatching import class_of
from geo_service.flows.dispatch.preparing import Asking, area_class, prepare
from geo_service.scope import EVERYTHING

SAMPLE = 150


@pytest.fixture(scope="module")
def sampled(filled: Any) -> list[tuple[Case, list[Recorded]]]:
    """Dispatched cases of all kinds of clocks and areas, with their events."""
    with filled.database.reading() as connection:
        sent = [
            case
            for case in cases_page(connection, CaseFilter(scope=EVERYTHING), before=None, limit=100_000)
            if case.dispatched_at is not None
        ]
        chosen = np.random.default_rng(3).choice(len(sent), size=SAMPLE, replace=False)
        return [(sent[i], recorded(connection, sent[i].case_id)) for i in chosen]


def recorded(connection: Connection, case_id: int) -> list[Recorded]:
    return [Recorded(one.kind, one.at, one.actor, one.data) for one in event_log.of_case(connection, case_id)]


def until(events: list[Recorded], kind: str) -> Iterator[tuple[Recorded, CaseState]]:
    """Each event of a kind with the state of the case before it."""
    for n, event in enumerate(events):
        if event.kind == kind:
            yield event, fold(events[:n])


def prepared(filled: Any, connection: Connection, case: Case, state: CaseState, event: str, now: datetime, **said: Any) -> dict[str, Any]:
    """What the service makes of an event that nobody says more about."""
    asking = Asking(connection, filled.published, case, state, event, said, now)
    made = prepare(asking)
    return {**made.payload, **made.beside}


def test_filed_cases_have_the_services_limit_for_their_dispatch(filled: Any, connection: Connection, sampled: Any) -> None:
    conditions = set()
    for case, events in sampled:
        for event, before in until(events, "filed"):
            said = {"condition": event.data["condition"]} if "condition" in event.data else {}
            conditions.add(event.data.get("condition"))
            assert dict(event.data) == {"state": "filed", **prepared(filled, connection, case, before, "file", event.at, **said)}
    assert len(conditions) > 2


def test_the_first_dispatch_starts_the_services_clock_with_the_services_lead(filled: Any, connection: Connection, sampled: Any) -> None:
    clocks, differing = set(), 0
    for case, events in sampled:
        event, before = next(until(events, "dispatched"))
        assert event.at == case.dispatched_at
        expected = prepared(filled, connection, case, before, "dispatch", event.at)
        for name in ("limit", "due_at", "warn_at"):
            assert event.data[name] == expected[name], (case.case_id, name)
        assert Limit(**event.data["limit"]) == Limit(case.limit_amount, case.limit_clock)
        clocks.add(case.limit_clock)
        differing += (event.data["owner"], event.data["decision"]) != (expected["owner"], expected["decision"])
        moved = {one.kind for one in events} & {"extended", "reopened", "resumed"}
        if not moved:
            assert (case.due_at, case.warn_at) == tuple(datetime.fromisoformat(expected[name]) for name in ("due_at", "warn_at"))
    assert clocks == {"urgent_hour", "work_hour", "work_day"}
    assert differing == 0


def test_a_later_dispatch_never_starts_the_clock_again(filled: Any) -> None:
    with filled.database.reading() as connection:
        again = [case for case in cases_page(connection, CaseFilter(scope=EVERYTHING), before=None, limit=100_000) if case.returns][:20]
        assert again
        for case in again:
            sent = [one for one in recorded(connection, case.case_id) if one.kind in ("dispatched", "ruled")]
            assert all("due_at" not in one.data and "limit" not in one.data for one in sent[1:])


def test_a_new_round_and_an_extension_have_the_services_marks(filled: Any) -> None:
    kinds = set()
    with filled.database.reading() as connection:
        for case in cases_page(connection, CaseFilter(scope=EVERYTHING), before=None, limit=100_000):
            if not (case.reopenings or case.extensions):
                continue
            events = recorded(connection, case.case_id)
            for event, before in until(events, "reopened"):
                expected = prepared(filled, connection, case, before, "reopen", event.at)
                assert (event.data["due_at"], event.data["warn_at"]) == (expected["due_at"], expected["warn_at"])
                kinds.add("reopened")
            for event, before in until(events, "extended"):
                expected = prepared(filled, connection, case, before, "approve_extension", event.at, due_at=event.data["due_at"])
                assert event.data["warn_at"] == expected["warn_at"]
                assert before.due_at is not None
                assert before.due_at < datetime.fromisoformat(event.data["due_at"])
                kinds.add("extended")
    assert kinds == {"reopened", "extended"}


def test_the_class_of_area_is_the_services(filled: Any, sampled: Any) -> None:
    assert {class_of(filled.published, case.routing.areas) for case, _ in sampled} >= {"core", "village"}
    for case, _ in sampled:
        assert class_of(filled.published, case.routing.areas) == area_class(filled.published, case)
        nowhere = replace(case, routing=replace(case.routing, areas={}))
        assert class_of(filled.published, {}) == area_class(filled.published, nowhere)
