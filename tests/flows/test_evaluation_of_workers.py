"""Evaluation of workers: a case counts for whoever had it in hand then, by name, whatever becomes of the post."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from geo_service.workers.tables import holding
from tests.flows.conftest import Service
from tests.flows.test_dispatching import reported, the_row_is_the_fold_of_its_events
from tests.flows.test_evaluation import asked, listed

OF_PLACE, GRID_WORKER, SECRETARY, STAND_IN = "1", "2", "3", "9"


def by_worker(service: Service) -> tuple[dict[str, int], int]:
    """({person: cases received}, cases of nobody by name)."""
    found = asked(service, by="worker").json()
    for line in found["items"]:
        assert listed(service, line["received_cases"]) == line["received"]
    nobody = found["unassigned"]
    assert nobody is None or listed(service, nobody["received_cases"]) == nobody["received"]
    return {line["key"]: line["received"] for line in found["items"]}, nobody["received"] if nobody else 0


def replaced(service: Service, post_id: int, person_id: int) -> None:
    """Another person holds the post from now on."""
    at, h = service.clock.at, holding.c
    with service.database.writing() as connection:
        connection.execute(sa.update(holding).where(h.post_id == post_id).values(until_at=at))
        connection.execute(sa.insert(holding).values(holding_id=99, post_id=post_id, person_id=person_id, from_at=at))


def test_a_case_counts_for_the_person_who_had_it_in_hand(service: Service, act: Callable[..., Any]) -> None:
    waiting, done, open_one, stood_in, of_agency = (reported(service) for _ in range(5))
    assert by_worker(service) == ({OF_PLACE: 5}, 0)  # nobody owns them: who answers for the place
    for case_id, owner in ((done, "post:2"), (open_one, "post:2"), (stood_in, "post:7"), (of_agency, "agency:S1")):
        act(case_id, "file")
        act(case_id, "dispatch", {"owner": owner})
    assert by_worker(service) == ({OF_PLACE: 1, GRID_WORKER: 2, STAND_IN: 1}, 1)
    act(done, "sign")
    act(done, "feed_back", {"result": "cleared"})
    service.clock.at += dt.timedelta(hours=1)
    replaced(service, 2, int(SECRETARY))
    assert by_worker(service) == ({OF_PLACE: 1, GRID_WORKER: 2, STAND_IN: 1}, 1)  # the post changed hands, what was done did not
    act(open_one, "sign")
    assert by_worker(service) == ({OF_PLACE: 1, GRID_WORKER: 1, SECRETARY: 1, STAND_IN: 1}, 1)
    act(stood_in, "return", {"reason": "wrong_duty", "proposed_owner": "agency:S1"})
    assert by_worker(service) == ({OF_PLACE: 2, GRID_WORKER: 1, SECRETARY: 1}, 1)
    for case_id in (waiting, done, open_one, stood_in, of_agency):
        the_row_is_the_fold_of_its_events(service, case_id)
