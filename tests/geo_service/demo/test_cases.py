"""Sixty days of cases: routed as a report would be, whole in the log, with a city's rhythm."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.store.lookup import locate
from geo_service import event_log
from geo_service.cases.finding import CaseFilter, cases_page, open_case_counts
from geo_service.cases.model import OPEN_STATES, STATES, Case, Reporter, Routing, light
from geo_service.cases.progress import fold_case
from geo_service.cases.repository import NewCase, open_new
from geo_service.cases.tables import case_area, case_record, reporter, tracking_day
from geo_service.cases.workflow import Recorded
from geo_service.catalogue import category
from geo_service.flows.intake.routing import decide
from geo_service.geocoding.gazetteer import load_gazetteer
from geo_service.scope import EVERYTHING
from geo_service.workers.repository import responsible_for

LOCAL = dt.timezone(dt.timedelta(hours=8))


@pytest.fixture(scope="module")
def cases(filled: Any) -> list[Case]:
    with filled.database.reading() as connection:
        return cases_page(connection, CaseFilter(scope=EVERYTHING), before=None, limit=100_000)[::-1]


@pytest.fixture(scope="module")
def log(filled: Any) -> list[event_log.Event]:
    with filled.database.reading() as connection:
        return event_log.after(connection, 0, limit=1_000_000)


def sample(cases: list[Case], count: int) -> list[Case]:
    return [cases[i] for i in np.random.default_rng(1).choice(len(cases), size=count, replace=False)]


def test_there_are_as_many_as_the_scale_says_in_sixty_days(filled: Any, cases: list[Case]) -> None:
    assert len(cases) == round(20_000 * filled.city.scale)
    days = {case.received_at.astimezone(LOCAL).date() for case in cases}
    assert (min(days), max(days), len(days)) == (dt.date(2026, 9, 26), dt.date(2026, 11, 24), 60)
    assert [case.case_id for case in cases] == list(range(1, len(cases) + 1))
    assert [case.received_at for case in cases] == sorted(case.received_at for case in cases)


def test_days_and_hours_have_a_citys_pattern(cases: list[Case]) -> None:
    hours = Counter(case.received_at.astimezone(LOCAL).hour for case in cases)
    assert hours[9] > 2 * hours[13] > 4 * hours[2]
    assert hours[19] > hours[14]
    days = Counter(case.received_at.astimezone(LOCAL).date() for case in cases)
    usual = sorted(days.values())[30]
    sundays = [number for day, number in days.items() if day.weekday() == 6]
    assert sum(sundays) / len(sundays) < usual
    snow = Counter(c.received_at.astimezone(LOCAL).date() for c in cases if c.category == "gb47678:matter:10001")
    assert {day for day, number in snow.items() if number > 5} <= {dt.date(2026, 11, 12) + dt.timedelta(days=i) for i in range(4)}
    assert snow[dt.date(2026, 11, 13)] > 10
    assert days[dt.date(2026, 11, 13)] > 1.3 * usual


def test_few_places_report_far_more_than_others(cases: list[Case]) -> None:
    grids = sorted(Counter(case.routing.areas["grid"] for case in cases if "grid" in case.routing.areas).values())
    assert grids[-1] > 4 * grids[len(grids) // 2]


def test_each_case_is_the_fold_of_its_events(cases: list[Case], log: list[event_log.Event]) -> None:
    by_case = defaultdict(list)
    for event in log:
        by_case[event.case_id].append(Recorded(event.kind, event.at, event.actor, event.data))
    assert by_case.keys() - {None} == {case.case_id for case in cases}  # a whistle may be about no case
    for case in cases:
        as_it_came = replace(case, state="received", updated_at=case.received_at, due_at=None, closed_at=None, version=1, progress={})
        assert by_case[case.case_id][0].kind == "received"
        assert fold_case(as_it_came, by_case[case.case_id]) == case
    kinds = {event.kind for event in log}
    assert kinds >= {"received", "verified", "filed", "dispatched", "accepted", "handled", "closed", "evaluated", "returned", "extended"}
    assert {case.state for case in cases} >= STATES.keys() - {"void", "suspended", "dispatched", "received"}


def test_the_log_is_one_whole_chain_in_the_order_of_time(filled: Any, connection: Connection, log: list[event_log.Event]) -> None:
    assert event_log.first_break(connection) is None
    assert [event.position for event in log] == list(range(1, len(log) + 1))
    assert [event.at for event in log] == sorted(event.at for event in log)
    assert log[-1].at < filled.as_of
    event_log.append(connection, [event_log.NewEvent("noted", 1, "test", filled.as_of, {})])
    assert event_log.first_break(connection) is None


def test_no_event_tells_who_reported_or_what_was_written(connection: Connection, cases: list[Case], log: list[event_log.Event]) -> None:
    reporters = {row.case_id: row for row in connection.execute(sa.select(reporter))}
    by_id = {case.case_id: case for case in cases}
    assert len(reporters) > len(cases) / 2
    for event in log:
        said = f"{event.actor} {event.data}"
        case = by_id.get(event.case_id or 0)
        assert case is None or case.description not in said
        if event.case_id in reporters:
            assert reporters[event.case_id].name not in said
            assert reporters[event.case_id].phone not in said
    assert {row.phone[:3] for row in reporters.values()} == {"100"}  # no mobile number begins so
    assert all(category(case.category or "") for case in cases)


def test_nobody_closes_what_they_handled(log: list[event_log.Event]) -> None:
    handlers = {event.case_id: event.actor for event in log if event.kind == "handled"}
    closers = [event for event in log if event.kind == "closed"]
    assert len(closers) > 100
    assert all(event.actor != handlers[event.case_id] for event in closers)


def test_open_cases_show_all_lights(filled: Any, cases: list[Case]) -> None:
    still_open = [case for case in cases if case.state in OPEN_STATES]
    assert 0.02 < len(still_open) / len(cases) < 0.12
    assert all((case.due_at is None) == (case.dispatched_at is None) for case in still_open)
    running = [case for case in still_open if case.due_at is not None and case.frozen_at is None]
    lights = Counter(light(case, at=filled.as_of) for case in running)
    for colour, share in (("green", 0.6), ("yellow", 0.25), ("red", 0.15)):  # hard matters come on top: at this scale they weigh
        assert lights[colour] / len(running) == pytest.approx(share, abs=0.12), colour


def test_each_is_routed_as_the_service_would_route_it(filled: Any, connection: Connection, cases: list[Case]) -> None:
    gazetteer = load_gazetteer(connection)
    differing = 0
    for case in sample(cases, 250):
        r = case.routing
        found = None
        if r.raw_lon is not None and r.raw_lat is not None:
            place = {"lon": r.raw_lon, "lat": r.raw_lat, "datum": r.datum, "accuracy_m": r.accuracy_m}
            found = locate(filled.published.lookup, **place, certain_from=0.8)
            assert (r.lon, r.lat) == (found.lon, found.lat)
        decision = decide(filled.published, found, gazetteer.geocode(case.address, places=[]) if case.address else [])
        chain = filled.published.chain(decision.area) if decision.area else []
        answers = responsible_for(connection, areas=[(a.level, a.code) for a in chain], at=case.received_at) if chain else None
        assert r.area_code == (decision.area.code if decision.area else None)
        assert r.areas == {a.level: a.code for a in chain}
        assert r.rule == decision.rule
        assert r.address_level == decision.address_level
        assert (r.post_id, r.person_id, r.agency) == ((answers.post_id, answers.person_id, answers.agency) if answers else (None,) * 3)
        assert r.verdict == decision.verdict
        known = {one["code"]: one for one in decision.candidates}
        for one in r.candidates:
            if one["code"] in known and one["probability"] is not None:
                differing += abs(one["probability"] - known[one["code"]]["probability"]) > 0.03
                assert one["distance_m"] == pytest.approx(known[one["code"]]["distance_m"], abs=0.3)
    assert differing <= 5


def test_positions_come_in_both_datums_with_their_accuracy(cases: list[Case]) -> None:
    with_point = [case.routing for case in cases if case.routing.lon is not None]
    assert {r.datum for r in with_point} == {"wgs84", "gcj02"}
    assert all(6 <= (r.accuracy_m or 0) <= 23 for r in with_point)
    assert {r.rule for r in (case.routing for case in cases)} >= {"point", "point+address", "address", "none"}
    assert {r.verdict for r in with_point} >= {"certain", "ask", "outside"}
    assert {"rest", "community", "micro_grid"} <= {r.area_level for r in with_point}


def test_what_lies_outside_waits_unassigned_or_was_refused(cases: list[Case]) -> None:
    outside = [case for case in cases if case.routing.area_code is None]
    assert {case.state for case in outside} <= {"received", "not_accepted"}
    waiting = [case for case in outside if case.state == "received"]
    assert waiting
    assert all(case.queue == "unassigned" for case in waiting)
    assert all(case.queue is None for case in cases if case not in waiting)


def test_cases_are_found_by_every_area_above_them(connection: Connection, cases: list[Case]) -> None:
    placed = {(row.case_id, row.area_code) for row in connection.execute(sa.select(case_area))}
    assert placed == {(case.case_id, code) for case in cases for code in case.routing.areas.values()}
    counts = open_case_counts(connection, EVERYTHING)
    assert counts["149900"] == sum(case.state in OPEN_STATES and bool(case.routing.areas) for case in cases)


def test_a_new_report_continues_ids_and_tracking_numbers(filled: Any, connection: Connection, cases: list[Case]) -> None:
    days = Counter(case.tracking_number[:8] for case in cases)
    assert {row.day: row.last for row in connection.execute(sa.select(tracking_day))} == days
    assert all(case.tracking_number[:8] == case.received_at.astimezone(LOCAL).strftime("%Y%m%d") for case in cases)
    values = {"generation": 1, "verdict": "ask", "rule": "none", "areas": {}, "candidates": [], "on_border": False}
    nowhere = Routing(**{**dict.fromkeys(Routing.__dataclass_fields__), **values})
    new = NewCase("web", None, "normal", "新", None, nowhere, "unassigned", Reporter("甲", None))
    made = open_new(connection, new, at=filled.as_of - dt.timedelta(hours=1), timezone="Asia/Shanghai")
    assert made.case_id == len(cases) + 1
    assert made.tracking_number == f"20261124-{days['20261124'] + 1:06d}"


def test_duplicates_name_the_case_they_repeat(cases: list[Case], log: list[event_log.Event]) -> None:
    by_id = {case.case_id: case for case in cases}
    merged = [event for event in log if event.kind == "merged"]
    assert merged
    for event in merged:
        repeated, case = by_id[event.data["into"]], by_id[event.case_id or 0]
        assert repeated.state != "merged"
        assert case.merged_into == repeated.case_id
        assert repeated.category == case.category
        assert dt.timedelta(0) <= case.received_at - repeated.received_at <= dt.timedelta(days=2)


def test_every_description_is_filled_in(connection: Connection) -> None:
    texts = list(connection.execute(sa.select(case_record.c.description)).scalars())
    assert all(text and "{" not in text for text in texts)
    assert len(set(texts)) > 500
