"""The shipped tables, what they answer, and what may come in their place."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from geo_service.catalogue import (
    AFFAIRS,
    HOTLINE_KINDS,
    AffairRow,
    Category,
    ConditionRow,
    Duty,
    LimitRow,
    Rulebooks,
    calendar_from,
    categories,
    conditions_of,
    duties_about,
    read_affairs,
    read_categories,
    read_conditions,
    read_duties,
    read_limits,
    shipped_calendar,
    shipped_rulebook,
    write_records,
)
from geo_service.catalogue.rulebook import LADDER
from geo_service.errors import NotFoundError, RequestError, SetupError

BOOK = shipped_rulebook()


def test_every_category_has_an_affair_and_a_limit_for_every_stage_that_needs_one() -> None:
    assert len(BOOK.categories) == 153 + 250 + 29
    for key in BOOK.categories:
        assert BOOK.affair(key) in AFFAIRS
        for stage in ("verify", "file", "dispatch", "handle", "check", "overall"):
            assert BOOK.limit(key, condition=None, area_class="core", stage=stage) is not None
    assert BOOK.affair("social:matter:80001") == "personal"
    assert BOOK.affair("social:matter:80003") == "community"
    assert BOOK.affair("gb47678:matter:06010") == "specialised"
    assert "complaint" in HOTLINE_KINDS  # beside the category, not part of it


@pytest.mark.parametrize(
    ("key", "condition", "area_class", "amount", "clock"),
    [
        ("gb47678:matter:06010", None, "core", 4, "work_hour"),
        ("gb47678:matter:06010", None, "village", 1, "work_day"),
        ("gb47678:matter:06001", "removal", "core", 20, "work_day"),
        ("gb47678:matter:01002", "secure", "core", 2, "urgent_hour"),
        ("gb47678:matter:09001", None, "core", 7, "work_day"),
        ("gb47678:matter:09001", "enquiry", "core", 2, "work_day"),
        ("social:matter:81003", None, "core", 1, "urgent_hour"),
        ("social:matter:81002", None, "core", 24, "urgent_hour"),
    ],
)
def test_limits_of_a_matter_a_condition_and_a_place(key, condition, area_class, amount, clock) -> None:
    row = BOOK.limit(key, condition=condition, area_class=area_class)
    assert (row.amount, row.clock) == (amount, clock)
    assert row.source
    assert row.mark in "SMP"


def test_conditions_one_may_choose_from() -> None:
    assert [row.condition for row in conditions_of(BOOK.conditions, "gb47678:matter:06001")] == ["stop", "penalty", "removal"]
    assert "enquiry" in {row.condition for row in conditions_of(BOOK.conditions, "gb47678:matter:09001")}


def test_a_community_has_22_duties_of_its_own_and_assists_with_22() -> None:
    kinds = [duty.kind for duty in BOOK.duties if duty.level == "community"]
    assert (kinds.count("own"), kinds.count("assisting")) == (22, 22)
    about = duties_about(BOOK.duties, "social:matter:82003")
    assert [duty.kind for duty in about] == ["own", "assisting"]


def test_a_case_keeps_the_rules_it_was_judged_by() -> None:
    later = datetime(2026, 12, 1, tzinfo=UTC)
    faster = tuple(replace(row, amount=2.0) if row.category == "gb47678:matter:06010" else row for row in BOOK.limits)
    books = Rulebooks((BOOK,)).with_next(replace(BOOK, version=2, effective_from=later, limits=faster))
    before = later - timedelta(seconds=1)
    assert (books.in_force(before).version, books.in_force(later).version) == (1, 2)
    assert books.numbered(1).limit("gb47678:matter:06010", condition=None, area_class="core").amount == 4
    assert books.in_force(later).limit("gb47678:matter:06010", condition=None, area_class="core").amount == 2
    assert books.usable(2, later).version == 2
    for version, at, kind, code in (
        (1, later, RequestError, "superseded_rules"),
        (2, before, RequestError, "rules_not_yet_in_force"),
        (3, later, NotFoundError, "unknown_rules_version"),
    ):
        with pytest.raises(kind) as refused:
            books.usable(version, at)
        assert refused.value.code == code
        assert refused.value.text("zh-CN")
    with pytest.raises(NotFoundError):
        books.in_force(datetime(2000, 1, 1, tzinfo=UTC))
    with pytest.raises(RequestError):
        books.in_force(later.replace(tzinfo=None))
    with pytest.raises(SetupError):
        books.with_next(BOOK)
    with pytest.raises(RequestError, match="no category"):
        BOOK.category("gb47678:matter:99999")
    assert BOOK.category("gb47678:matter:06010").name == "暴露垃圾"


def test_the_same_rules_have_the_same_hash() -> None:
    assert replace(BOOK, version=9, limits=BOOK.limits[::-1]).content_hash == BOOK.content_hash
    assert replace(BOOK, limits=BOOK.limits[1:]).content_hash != BOOK.content_hash


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_table_goes_out_and_comes_back(form) -> None:
    known = categories()
    assert read_limits(write_records(BOOK.limits, LimitRow, form), form, known=known).records == BOOK.limits
    assert read_conditions(write_records(BOOK.conditions, ConditionRow, form), form, known=known).records == BOOK.conditions
    assert read_duties(write_records(BOOK.duties, Duty, form), form, known=known, levels=LADDER).records == BOOK.duties
    assert read_affairs(write_records(BOOK.affairs, AffairRow, form), form, known=known).records == BOOK.affairs
    assert read_categories(write_records(known.values(), Category, form), form).records == tuple(known.values())


def test_each_bad_row_is_told_and_good_ones_are_kept_apart() -> None:
    names = "category,condition,area_class,stage,amount,clock,closing,source,mark"
    rows = [
        "*,*,*,handle,4,work_hour,,x,S",
        "gb47678:matter:99,*,*,handle,4,work_hour,,x,S",
        "*,*,moon,handle,4,work_hour,,x,S",
        "*,*,*,handle,-4,work_hour,,x,S",
        "*,*,*,handle,many,work_hour,,x,S",
        "*,*,*,handle,4,fortnight,,x,S",
        "*,,*,handle,4,work_hour,,x,S",
        "*,*,*,handle,5,work_day,,x,S",
    ]
    found = read_limits("\n".join([names, *rows]).encode(), "csv", known=categories())
    assert len(found.records) == 1
    assert [(one.row, one.column, one.code) for one in found.errors] == [
        (3, "category", "unknown_category"),
        (4, "area_class", "unknown_choice"),
        (5, "amount", "bad_amount"),
        (6, "amount", "bad_amount"),
        (7, "clock", "unknown_choice"),
        (8, "condition", "missing"),
        (9, "", "doubled"),
    ]
    bad = read_categories(b"key,tree,kind,code,major,name\n,a:b,matter,1,x,y\nwrong,a,matter,1,x,y\n,a,matter,1,,\n", "csv")
    assert [(one.column, one.code) for one in bad.errors] == [("tree", "bad_code"), ("key", "key_differs"), ("name", "missing")]


def test_the_calendar_names_its_sources_and_says_what_is_provisional() -> None:
    table = shipped_calendar()
    assert (table.first, table.last) == (date(2024, 1, 1), date(2027, 12, 31))
    assert {year: status for year, (status, _) in table.years.items()} == {
        2024: "announced",
        2025: "announced",
        2026: "announced",
        2027: "provisional",
    }
    for one in table.days:
        assert one.works == (one.day.weekday() >= 5) or not one.works, f"{one.day} is a make-up day but no weekend"
    for year, off, made_up in ((2024, 28, 8), (2025, 28, 5), (2026, 33, 6)):
        days = [one for one in table.days if one.day.year == year]
        assert (sum(not one.works for one in days), sum(one.works for one in days)) == (off, made_up)


def test_a_calendar_that_contradicts_itself_is_refused() -> None:
    years = {"2026": {"status": "announced", "source": "x"}}
    for data in (
        {"years": years, "off": [["a", "2026-01-01", "2026-01-02"]], "working": [["a", "2026-01-02"]]},
        {"years": years, "off": [["a", "2027-01-01", "2027-01-01"]], "working": []},
        {"years": {**years, "2028": years["2026"]}, "off": [], "working": []},
    ):
        with pytest.raises(SetupError):
            calendar_from(data)
