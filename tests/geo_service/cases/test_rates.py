"""Every rate over a handful of cases that can be counted by hand."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from geo_service.cases.measures import MEASURES
from geo_service.cases.model import Case
from geo_service.cases.rates import MEASURED, RATES, REPEATED, counted, repeats, share
from tests.geo_service.cases.stored import routing, stored
from tests.geo_service.cases.ways import BACK, CLOSE, FAIL, FEED, FILE, HANG, PASS, SEND, SIGN, START, due, fresh, standing_in, step, walk

NOW = START + timedelta(days=8)


def cases() -> list[Case]:
    ended = walk(standing_in("closed"), ("operator", "operator:1", "evaluate", {"responded": True, "resolved": True, "satisfied": False}))
    not_asked = walk(standing_in("closed"), ("operator", "operator:1", "evaluate", {"score": 3}))
    reworked = walk(fresh(), FILE, SEND, SIGN, FEED, FAIL, FEED, PASS, CLOSE)
    late = step(walk(fresh(), FILE, SEND, SIGN), *FEED, at=START + timedelta(days=7, minutes=1)).after
    reopened = walk(standing_in("closed"), ("operator", "operator:1", "reopen", {"reason": "again", "due_at": due(20)}))
    slow = step(walk(fresh(), FILE), *SEND, at=START + timedelta(hours=3)).after
    hung_late = step(walk(fresh(), FILE, SEND, SIGN), *HANG[0], at=START + timedelta(days=7, minutes=5)).after
    every = [
        ended,
        not_asked,
        reworked,
        late,
        reopened,
        walk(fresh(), FILE, SEND, BACK),
        standing_in("received"),
        standing_in("handling"),
        standing_in("merged"),
        standing_in("void"),
        standing_in("suspended"),  # hung up before its limit: the clock stands still
        standing_in("not_accepted"),
        slow,
        standing_in("filed"),
        walk(hung_late, HANG[1]),  # hung up behind its limit
    ]
    return [stored(case, number) for number, case in enumerate(every, start=1)]


FILED = [1, 2, 3, 4, 5, 6, 8, 11, 13, 14, 15]
SENT = [number for number in FILED if number != 14]
DUE = [1, 2, 3, 4, 6, 8, 13, 15]


@pytest.mark.parametrize(
    ("code", "above", "below"),
    [
        ("filed", FILED, [1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 14, 15]),
        ("dispatched", SENT, FILED),
        ("dispatched_on_time", [number for number in SENT if number != 13], FILED),
        ("handled_on_time", [1, 2, 3], DUE),
        ("overdue", [4, 6, 8, 13, 15], DUE),
        ("returned", [6], SENT),
        ("extended", [], SENT),
        ("reworked", [3], [1, 2, 3, 4, 5]),
        ("closed", [1, 2, 3], FILED),
        ("reopened", [5], [1, 2, 3, 5]),
        ("called_back", [1], [1, 2, 3]),
        ("response", [1], [1]),
        ("resolution", [1], [1]),
        ("satisfaction", [], [1]),
    ],
)
def test_a_rate_its_denominator_and_the_lists_behind_them(code: str, above: list[int], below: list[int]) -> None:
    ids = counted(cases(), at=NOW, repeated=set())
    rate = RATES[code]
    assert (ids[rate.numerator], ids[rate.denominator]) == (above, below)
    assert set(above) <= set(below)
    assert share({name: len(found) for name, found in ids.items()}, rate) == pytest.approx(len(above) / len(below))


def test_every_rate_says_what_it_divides_by_and_is_made_of_measures() -> None:
    assert set(MEASURES) == {*MEASURED, REPEATED}
    for code, rate in RATES.items():
        assert rate.code == code
        assert {rate.numerator, rate.denominator} <= set(MEASURES)
        assert rate.below_en
        assert rate.below_zh
        assert rate.better in ("up", "down")
    assert share({"filed": 0, "valid": 0}, RATES["filed"]) is None


def test_dispatched_on_time_is_measured_against_the_limit_the_row_has() -> None:
    sent = stored(standing_in("dispatched"), 1)
    assert sent.dispatched_at is not None
    for limit, expected in ((sent.dispatched_at, True), (sent.dispatched_at - timedelta(seconds=1), False)):
        assert MEASURED["dispatched_on_time"](replace(sent, dispatch_due_at=limit), NOW) is expected
    without = replace(sent, dispatch_due_at=None)
    assert not MEASURED["dispatch_due"](without, NOW)
    assert not MEASURED["dispatched_on_time"](without, NOW)


def test_what_was_settled_without_a_dispatch_is_not_late_for_one() -> None:
    said = ("grid_worker", "post:1", "self_resolve", {"result": "picked up"})
    self_resolved = stored(walk(fresh(), FILE, said), 1)
    waiting = stored(standing_in("filed"), 2)
    ids = counted([self_resolved, waiting], at=NOW, repeated=set())
    assert ids["dispatch_due"] == [2]
    assert ids["handling_due"] == []


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def test_what_comes_back_soon_is_a_repeat() -> None:
    def reported(case_id: int, days: float, area: str = "g-1", **more: str) -> Case:
        state = replace(fresh(), received_at=at(days), **more)
        return stored(state, case_id, routing({"grid": area}))

    first = reported(1, 0)
    soon, late, elsewhere = reported(2, 29), reported(3, 60), reported(4, 1, area="g-2")
    other, refused = reported(5, 1, category="social:matter:80001"), reported(6, 2, state="merged")
    assert repeats([first, soon, late, elsewhere, other, refused]) == {2}
    assert repeats([reported(1, 0, state="not_accepted"), soon]) == set()
    assert repeats([reported(1, 0), reported(2, 30)]) == set()
