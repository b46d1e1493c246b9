"""Opening hours: what people write is understood, told in both languages, and answers whether a place is open."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.errors import RequestError
from geo_service.facilities.hours import DAY, Hours, in_words, parse_hours, understood


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("周一至周五 09:00-17:30，周六 09:00-12:00", "周一至周五 09:00-17:30；周六 09:00-12:00", "Mon-Fri 09:00-17:30; Sat 09:00-12:00"),
        ("全天", "每天 全天", "Daily all day"),
        ("周一至周五 08:00-12:00，14:00-18:00", "周一至周五 08:00-12:00 14:00-18:00", "Mon-Fri 08:00-12:00 14:00-18:00"),
        ("星期六、星期天 10:00-12:00", "周六至周日 10:00-12:00", "Sat-Sun 10:00-12:00"),
        ("Mon–Fri 9:00–17:00; Sat closed", "周一至周五 09:00-17:00", "Mon-Fri 09:00-17:00"),
        (
            "每天 09:00-18:00；2026-10-01至2026-10-03 休息",
            "每天 09:00-18:00；2026-10-01至2026-10-03 休息",
            "Daily 09:00-18:00; 2026-10-01 – 2026-10-03 closed",
        ),
    ],
)
def test_what_people_write_is_told_back_in_both_languages(text: str, chinese: str, english: str) -> None:
    hours = parse_hours(text)
    assert (in_words(hours, "zh-CN"), in_words(hours, "en")) == (chinese, english)
    assert parse_hours(chinese) == parse_hours(english) == hours


@pytest.mark.parametrize(
    "text",
    [
        "看情况",
        "周一至周五",
        "周一 25:00-26:00",
        "周一 09:00-09:00",
        "周一 09:00-17:00 大概",
        "2026-02-30 休息",
        "2026-01-01至2028-01-01 休息",
    ],
)
def test_what_cannot_be_understood_is_refused_and_named(text: str) -> None:
    with pytest.raises(RequestError) as refused:
        parse_hours(text)
    assert refused.value.code == "bad_hours"
    assert text[:4] in refused.value.text("zh")
    assert understood(text) is None


def test_spans_that_overlap_are_refused() -> None:
    with pytest.raises(RequestError, match="overlap"):
        parse_hours("周一 09:00-12:00 11:00-15:00")


def test_open_at_the_first_minute_and_closed_at_the_last() -> None:
    hours = parse_hours("周一 09:00-12:00")
    opens = [hours.is_open(datetime(2026, 11, 23, *at)) for at in ((8, 59), (9, 0), (11, 59), (12, 0))]  # noqa: DTZ001  # the city's time
    assert opens == [False, True, True, False]


def test_a_night_goes_on_after_midnight_into_the_next_day() -> None:
    hours = parse_hours("周六 22:00-02:00")
    sunday = [hours.is_open(datetime(2026, 11, 22, hour)) for hour in (0, 1, 2, 22)]  # noqa: DTZ001
    assert sunday == [True, True, False, False]


def test_a_date_takes_the_place_of_its_weekday() -> None:
    hours = parse_hours("每天 09:00-18:00；2026-10-01 10:00-11:00；2026-10-02 休息")
    open_then = [hours.is_open(datetime(2026, 10, day, hour)) for day, hour in ((1, 9), (1, 10), (2, 10), (3, 10))]  # noqa: DTZ001
    assert open_then == [False, True, False, True]


SPANS = (
    st.lists(st.integers(0, DAY - 1), min_size=2, max_size=4, unique=True)
    .map(sorted)
    .map(lambda m: tuple(zip(m[::2], m[1::2], strict=False)))
)


@given(st.lists(SPANS, min_size=7, max_size=7), st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), SPANS, max_size=4))
def test_every_week_can_be_told_and_understood_again(week: list[tuple], exceptions: dict) -> None:
    hours = Hours(tuple(week), exceptions)
    for language in ("zh-CN", "en"):
        assert parse_hours(in_words(hours, language)) == hours
