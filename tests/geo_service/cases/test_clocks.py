"""Clock arithmetic against a brute-force minute counter over 2024-2027, for all four types."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.cases.clocks import CLOCK_TYPES, Limit, Pause, Season, WorkCalendar, due_at, elapsed, light, mark_at, standing
from geo_service.catalogue.calendar import shipped_calendar
from geo_service.errors import RequestError, SetupError

ZONE = "Asia/Shanghai"
LOCAL = ZoneInfo(ZONE)
FIRST = datetime(2024, 1, 1, tzinfo=LOCAL)
MINUTES = int((datetime(2028, 1, 1, tzinfo=LOCAL) - FIRST) / timedelta(minutes=1))
MINUTE = timedelta(minutes=1)
WINTER = (Season((11, 1), (3, 31), ((time(9), time(12)), (time(13, 30), time(17)))),)


def by_hand(seasons: tuple[Season, ...]) -> WorkCalendar:
    table = shipped_calendar()
    return WorkCalendar(table.first, table.last, table.working(), seasons=seasons)


def counted(calendar: WorkCalendar) -> np.ndarray:
    """For every minute of the four years: is it worked? Written without the clocks' own code."""
    minutes = np.zeros(MINUTES, dtype=bool)
    for number in range(MINUTES // 1440):
        day = date(2024, 1, 1) + timedelta(days=number)
        special = calendar.days.get(day)
        if special is False or (special is None and day.weekday() >= 5):
            continue
        winter = bool(calendar.seasons) and (day.month >= 11 or day.month <= 3)
        spans = ((540, 720), (810, 1020)) if winter else ((480, 720), (840, 1080))
        for start, end in spans:
            minutes[number * 1440 + start : number * 1440 + end] = True
    return minutes


CALENDARS = {name: by_hand(seasons) for name, seasons in (("usual", ()), ("winter", WINTER))}
COUNTED = {name: counted(calendar) for name, calendar in CALENDARS.items()}
TOTAL = {name: np.concatenate([[0], np.cumsum(minutes)]) for name, minutes in COUNTED.items()}


def at(minute: int) -> datetime:
    return (FIRST + minute * MINUTE).astimezone(UTC)


def running(name: str, clock: str, paused: list[tuple[int, int]]) -> np.ndarray:
    minutes = COUNTED[name].copy() if clock.startswith("work") else np.ones(MINUTES, dtype=bool)
    for start, end in paused:
        minutes[start:end] = False
    return minutes


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


moments = st.integers(0, MINUTES - 1)
spans = st.tuples(moments, st.integers(0, 20_000)).map(lambda one: (one[0], min(MINUTES, one[0] + one[1])))


@settings(max_examples=150)
@given(st.sampled_from(sorted(CALENDARS)), st.sampled_from(sorted(CLOCK_TYPES)), moments, moments, st.lists(spans, max_size=4))
def test_elapsed_is_what_a_minute_counter_counts(name, clock, start, end, paused) -> None:
    expected = int(running(name, clock, paused)[start:end].sum()) if end > start else 0
    pauses = [Pause(at(a), at(b)) for a, b in paused]
    assert elapsed(at(start), at(end), clock, CALENDARS[name], ZONE, pauses=pauses) == expected * MINUTE


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(CALENDARS)),
    st.sampled_from(sorted(CLOCK_TYPES)),
    st.integers(0, MINUTES - 200_000),
    st.integers(1, 60),
    st.lists(st.tuples(st.integers(-3000, 20_000), st.integers(0, 4000)), max_size=4),
)
def test_a_deadline_is_the_end_of_the_last_counted_minute(name, clock, start, amount, near) -> None:
    paused = [(max(0, start + a), max(0, start + a + length)) for a, length in near]
    need = amount * {"urgent_hour": 60, "work_hour": 60, "work_day": 480, "natural_day": 1440}[clock]
    minutes = np.flatnonzero(running(name, clock, paused)[start:])
    due = due_at(at(start), Limit(amount, clock), CALENDARS[name], ZONE, pauses=[Pause(at(a), at(b)) for a, b in paused])
    assert due == at(start + int(minutes[need - 1]) + 1)


def test_every_minute_of_the_four_years_for_the_working_clock() -> None:
    for name, calendar in CALENDARS.items():
        step = 997  # a prime, so that every minute of the day is met
        starts = np.arange(0, MINUTES, step)
        for minute, worked in zip(starts.tolist(), TOTAL[name][starts].tolist(), strict=True):
            assert elapsed(at(0), at(minute), "work_hour", calendar, ZONE) == worked * MINUTE


@given(moments, st.integers(0, 10**6), st.sampled_from(sorted(CLOCK_TYPES)), st.lists(spans, max_size=3))
def test_a_clock_never_runs_backwards(start, more, clock, paused) -> None:
    calendar, pauses = CALENDARS["usual"], [Pause(at(a), at(b)) for a, b in paused]
    sooner = elapsed(at(0), at(start), clock, calendar, ZONE, pauses=pauses)
    later = elapsed(at(0), at(start) + timedelta(seconds=more), clock, calendar, ZONE, pauses=pauses)
    assert sooner <= later
    limit = Limit(3, clock)
    assert due_at(at(start), limit, calendar, ZONE) <= due_at(at(start) + timedelta(seconds=more), limit, calendar, ZONE)
    assert due_at(at(start), limit, calendar, ZONE) <= due_at(at(start), limit, calendar, ZONE, pauses=pauses)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-09-25T09:00", Limit(4, "work_hour"), "2026-09-28T12:00"),  # Mid-Autumn to Sunday, then Monday
        ("2026-09-20T17:00", Limit(2, "work_hour"), "2026-09-21T09:00"),  # a Sunday that is worked
        ("2026-09-30T14:00", Limit(1, "work_day"), "2026-10-08T12:00"),  # the week of the National Day
        ("2026-02-13T18:00", Limit(4, "work_hour"), "2026-02-14T12:00"),  # a Saturday that is worked
        ("2026-11-24T14:00", Limit(4, "work_hour"), "2026-11-24T18:00"),  # ends with the day, not the next morning
        ("2026-10-03T03:00", Limit(2, "urgent_hour"), "2026-10-03T05:00"),
        ("2026-10-03T03:00", Limit(2, "natural_day"), "2026-10-05T03:00"),
        ("2026-11-24T11:30", Limit(0.5, "work_day"), "2026-11-24T17:30"),
    ],
)
def test_deadlines_worked_out_by_hand(calendar, start, limit, due) -> None:
    assert due_at(local(start), limit, calendar, ZONE) == local(due)


def test_lights_turn_at_80_and_behind_100_per_cent(calendar) -> None:
    start = datetime(2026, 11, 24, 8, tzinfo=LOCAL)
    limit = Limit(5, "work_hour")
    warn, due = mark_at(start, limit, 0.8, calendar, ZONE), due_at(start, limit, calendar, ZONE)
    assert (warn, due) == (datetime(2026, 11, 24, 12, tzinfo=LOCAL), datetime(2026, 11, 24, 15, tzinfo=LOCAL))
    second = timedelta(seconds=1)
    shown = [light(now, warn_at=warn, due_at=due) for now in (start, warn - second, warn, due, due + second)]
    assert shown == ["green", "green", "yellow", "yellow", "red"]
    assert light(start, warn_at=None, due_at=None) == "none"


def test_a_paused_clock_stands_still_and_its_deadline_moves_on(calendar) -> None:
    start = datetime(2026, 11, 24, 8, tzinfo=LOCAL)
    pauses = (Pause(start + timedelta(hours=3)),)
    seen = [standing(start, Limit(4, "work_hour"), start + timedelta(hours=h), calendar, ZONE, pauses=pauses) for h in (2, 3, 8, 30)]
    assert [one.used for one in seen] == [timedelta(hours=h) for h in (2, 3, 3, 3)]
    assert [one.paused for one in seen] == [False, True, True, True]
    assert [one.light for one in seen] == ["green"] * 4
    assert seen[2].due_at == datetime(2026, 11, 24, 17, tzinfo=LOCAL)
    assert seen[3].due_at == datetime(2026, 11, 25, 15, tzinfo=LOCAL)
    with pytest.raises(RequestError, match="paused"):
        due_at(start, Limit(4, "work_hour"), calendar, ZONE, pauses=pauses)


def test_a_pause_that_begins_at_the_deadline_does_not_move_it(calendar) -> None:
    start = datetime(2026, 11, 24, 8, tzinfo=LOCAL)
    for limit, hours in ((Limit(4, "work_hour"), 4), (Limit(4, "urgent_hour"), 4)):
        due = start + timedelta(hours=hours)
        assert due_at(start, limit, calendar, ZONE, pauses=[Pause(due, due + timedelta(days=9))]) == due
        assert due_at(start, limit, calendar, ZONE, pauses=[Pause(due - MINUTE, due + timedelta(days=9))]) > due


def test_the_calendar_warns_sixty_days_before_it_ends(calendar) -> None:
    assert calendar.ends(datetime(2027, 10, 31, tzinfo=LOCAL), ZONE) is None
    warning = calendar.ends(datetime(2027, 11, 1, tzinfo=LOCAL), ZONE)
    assert warning is not None
    assert warning.days_left == 60
    assert "2027-12-31" in warning.text("zh-CN")
    assert "2027-12-31" in warning.text("en")
    assert calendar.ends(datetime(2028, 1, 2, tzinfo=LOCAL), ZONE).days_left == -2
    beyond = standing(
        datetime(2027, 12, 30, 8, tzinfo=LOCAL), Limit(5, "work_day"), datetime(2027, 12, 30, 9, tzinfo=LOCAL), calendar, ZONE
    )
    assert beyond.assumed
    assert beyond.due_at == datetime(2028, 1, 5, 18, tzinfo=LOCAL)  # plain weeks behind the table


def test_naive_instants_and_impossible_limits_are_refused(calendar) -> None:
    naive, aware = datetime.fromisoformat("2026-11-24T08:00"), datetime(2026, 11, 24, 8, tzinfo=UTC)
    for call in (
        lambda: due_at(naive, Limit(1, "work_hour"), calendar, ZONE),
        lambda: elapsed(aware, naive, "natural_day", calendar, ZONE),
        lambda: light(naive, warn_at=None, due_at=aware),
        lambda: Pause(naive),
    ):
        with pytest.raises(RequestError) as refused:
            call()
        assert refused.value.code == "naive_datetime"
    for amount in (0, -1, float("nan"), float("inf"), 10_001, True):
        with pytest.raises(RequestError):
            Limit(amount, "work_hour")
    with pytest.raises(RequestError):
        Limit(1, "fortnight")
    with pytest.raises(RequestError):
        Pause(aware, aware - MINUTE)
    for hours in ((), ((time(8), time(8)),), ((time(8), time(12)), (time(11), time(18)))):
        with pytest.raises(SetupError):
            WorkCalendar(date(2026, 1, 1), date(2026, 12, 31), hours=hours)
