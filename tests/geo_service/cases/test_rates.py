"""Every rate over a handful of cases that can be counted by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from geo_service.cases.clocks import Limit
from geo_service.cases.rates import RATES, measure, per_thousand_households, repeats, stage_on_time
from tests.geo_service.cases.ways import BACK, CLOSE, FAIL, FEED, FILE, PASS, SEND, SIGN, START, due, fresh, standing_in, step, walk

BY_CODE = {rate.code: rate for rate in RATES}
NOW = START + timedelta(days=8)


def cases() -> list:
    ended = walk(standing_in("closed"), ("operator", "operator:1", "evaluate", {"responded": True, "resolved": True, "satisfied": False}))
    not_asked = walk(standing_in("closed"), ("operator", "operator:1", "evaluate", {"score": 3}))
    reworked = walk(fresh(), FILE, SEND, SIGN, FEED, FAIL, FEED, PASS, CLOSE)
    late = step(walk(fresh(), FILE, SEND, SIGN), *FEED, at=START + timedelta(days=7, minutes=1)).after
    reopened = walk(standing_in("closed"), ("operator", "operator:1", "reopen", {"reason": "again", "due_at": due(20)}))
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
        standing_in("suspended"),
        standing_in("not_accepted"),
    ]
    return [replace(case, case_id=number) for number, case in enumerate(every, start=1)]


@pytest.mark.parametrize(
    ("code", "above", "below"),
    [
        ("filed", [1, 2, 3, 4, 5, 6, 8, 11], [1, 2, 3, 4, 5, 6, 7, 8, 11, 12]),
        ("dispatched", [1, 2, 3, 4, 5, 6, 8, 11], [1, 2, 3, 4, 5, 6, 8, 11]),
        ("on_time", [1, 2, 3], [1, 2, 3, 4, 6, 8]),
        ("overdue", [4, 6, 8], [1, 2, 3, 4, 6, 8]),
        ("returned", [6], [1, 2, 3, 4, 5, 6, 8, 11]),
        ("extended", [], [1, 2, 3, 4, 5, 6, 8, 11]),
        ("reworked", [3], [1, 2, 3, 4, 5]),
        ("closed", [1, 2, 3], [1, 2, 3, 4, 5, 6, 8, 11]),
        ("reopened", [5], [1, 2, 3, 5]),
        ("response", [1], [1]),
        ("resolution", [1], [1]),
        ("satisfaction", [], [1]),
    ],
)
def test_a_rate_its_denominator_and_the_lists_behind_them(code, above, below) -> None:
    found = measure(BY_CODE[code], cases(), at=NOW, small=1)
    assert (list(found.numerator_ids), list(found.denominator_ids)) == (above, below)
    assert (found.numerator, found.denominator) == (len(above), len(below))
    assert found.value == pytest.approx(len(above) / len(below))


def test_every_rate_is_tested_and_says_what_it_divides_by() -> None:
    assert len(BY_CODE) == len(RATES) == 12
    assert all(rate.denominator_en and rate.denominator_zh and rate.better in ("up", "down") for rate in RATES)


def test_small_numbers_have_no_rate() -> None:
    assert measure(BY_CODE["filed"], cases()[:3], at=NOW).value is None
    assert measure(BY_CODE["filed"], cases(), at=NOW).value == pytest.approx(0.8)
    assert measure(BY_CODE["filed"], [], at=NOW, small=0).value is None
    assert per_thousand_households(3, 1500) == pytest.approx(2)
    assert per_thousand_households(3, 4) is None


def test_a_stage_kept_its_limit_in_working_time(calendar) -> None:
    hour = Limit(1, "work_hour")
    stage = {"start": "filed_at", "end": "dispatched_at", "limit": hour, "calendar": calendar, "timezone": "Asia/Shanghai"}
    rate = stage_on_time("dispatched_on_time", "派遣及时率", "dispatched on time", **stage)
    filed = walk(fresh(), FILE)  # 09:01 on a Monday
    quick, slow = (step(filed, *SEND, at=filed.updated_at + timedelta(minutes=minutes)).after for minutes in (60, 61))
    found = measure(rate, [replace(case, case_id=i) for i, case in enumerate((quick, slow, filed, fresh()))], at=filed.updated_at, small=1)
    assert (found.numerator_ids, found.denominator_ids) == ((0,), (0, 1))
    later = measure(rate, [filed], at=filed.updated_at + timedelta(hours=2), small=1)
    assert (later.numerator, later.denominator) == (0, 1)


def test_what_comes_back_soon_is_a_repeat() -> None:
    first = standing_in("closed")
    soon = replace(fresh(), received_at=first.closed_at + timedelta(days=29))
    late = replace(fresh(), received_at=first.closed_at + timedelta(days=31))
    other = replace(soon, area_code="g-9")
    assert repeats([first, soon, late, other], days=30) == [soon]
