"""How far cases have come: times in order, nothing after the end, lights in proportion, nights left to sleep."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.demo.chance import generator
from geo_service.demo.nights import after_hours
from geo_service.demo.repeats import find_recurring, find_repeats
from geo_service.demo.stages import DISPATCHED, EXTENDED, NOT_TAKEN, STEPS, Reports, draw_courses
from geo_service.demo.standing import OVERDUE_DAYS, PLOTS, choose_open

DAY_S, HOUR_S, CHINA_S = 86_400, 3_600, 8 * 3_600


def reports(*, count: int, end_s: int, seed: int) -> Reports:
    rng = np.random.default_rng(seed)
    at_s = np.sort(end_s - 1 - rng.integers(0, 60 * DAY_S, count))
    public, placed, duplicate, recurring, at_night = rng.random((5, count)) < np.array([0.6, 0.97, 0.03, 0.05, 0.1])[:, None]
    return Reports(at_s, end_s, public, placed, duplicate, recurring, at_night, dict.fromkeys(PLOTS, 2))


def clock(sent_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    limit_s = np.array([12, 72, 240])[np.arange(len(sent_s)) % 3] * HOUR_S
    return sent_s + limit_s * 4 // 5, sent_s + limit_s


@given(seed=st.integers(0, 10_000), hour=st.integers(0, 23))
def test_steps_follow_in_order_and_none_lies_after_the_end(seed: int, hour: int) -> None:
    drawn = reports(count=60, end_s=1_795_000_000 // DAY_S * DAY_S + hour * HOUR_S, seed=seed)
    courses = draw_courses(generator(seed, "test"), drawn, np.full(60, CHINA_S), clock)
    for case, times in enumerate(courses.times):
        taken = times[times != NOT_TAKEN]
        assert taken[0] == drawn.at_s[case]
        assert (np.diff(taken) >= 0).all()
        assert taken[-1] < drawn.end_s
        kinds = [STEPS[step][0] for step in np.flatnonzero(times != NOT_TAKEN)]
        assert kinds.count("closed") == kinds.count("reopened") + 1 or "closed" not in kinds
        assert "closed" in kinds or "evaluated" not in kinds
        assert not (drawn.placed[case] is np.False_ and "filed" in kinds)
        assert kinds.count("extended") == 0 or times[EXTENDED] < clock(courses.times[:, DISPATCHED])[1][case]
    set_aside = [row for rows in courses.plots.values() for row in rows]
    assert len(set(set_aside)) == len(set_aside)
    for row in set_aside:
        assert {"handled", "closed", "returned", "supervised"}.isdisjoint(
            STEPS[step][0] for step in np.flatnonzero(courses.times[row] >= 0)
        )


def test_green_yellow_and_red_are_sixty_twenty_five_and_fifteen() -> None:
    rng = np.random.default_rng(2)
    end_s, sent_s = 0, -rng.integers(0, 30 * DAY_S, 20_000)
    warn_s, due_s = sent_s + 8 * DAY_S, sent_s + 10 * DAY_S
    chosen = choose_open(rng, rng.random(20_000) < 0.9, sent_s, warn_s, due_s, end_s)
    parts = [np.mean(warn_s[chosen] > 0), np.mean((warn_s[chosen] <= 0) & (due_s[chosen] >= 0)), np.mean(due_s[chosen] < 0)]
    assert parts == pytest.approx([0.6, 0.25, 0.15], abs=0.01)
    assert due_s[chosen].min() > -OVERDUE_DAYS * DAY_S


@given(seconds=st.lists(st.integers(0, 4 * DAY_S), min_size=2, max_size=40), end=st.integers(4 * DAY_S, 5 * DAY_S))
def test_nights_are_left_to_sleep_and_the_order_stays(seconds: list[int], end: int) -> None:
    times = np.sort(np.array(seconds, dtype=np.int64))
    moved = after_hours(times, end_s=end, offset_s=np.array([CHINA_S]))
    assert (np.diff(moved) >= 0).all()
    assert (moved >= times).all()
    assert (moved <= end).all()
    hours = (moved + CHINA_S) % DAY_S // HOUR_S
    over = moved < end - 11 * HOUR_S  # a night that may not be over is left alone
    assert ((hours[over] >= 7) & (hours[over] < 22)).all()


def test_the_same_matter_in_two_days_is_a_repeat_of_the_first() -> None:
    keys, at_s = ["a"] * 400 + ["b"], [i * HOUR_S for i in range(400)] + [400 * HOUR_S]
    repeats = find_repeats(generator(1, "test"), keys, at_s)
    assert repeats[0] == repeats[400] == -1
    found = np.flatnonzero(repeats >= 0)
    assert 120 < len(found) < 280
    for row in found:
        assert repeats[repeats[row]] == -1
        assert 0 < row - repeats[row] <= 48


def test_what_is_reported_a_fourth_time_within_thirty_days_recurs() -> None:
    keys = ["a", "a", "b", None, "a", "a", "a", None, None, None]
    at_s = [0, DAY_S, DAY_S, DAY_S, 2 * DAY_S, 29 * DAY_S, 31 * DAY_S, *[32 * DAY_S] * 3]
    assert find_recurring(keys, at_s).tolist() == [False] * 5 + [True] + [False] * 4
