"""Who is there for somebody who is away, and chains of stand-ins that come back to where they began."""

import datetime as dt
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.workers.roll import Held, Roll
from geo_service.workers.standing_in import Absence, leads_back, overlap, who_fills

DAY = [dt.datetime(2026, 11, day, tzinfo=dt.UTC) for day in range(1, 21)]


def away(person: int, begin: int, end: int | None, *, by: int | None = None, post: int | None = None) -> Absence:
    return Absence(person, DAY[begin], None if end is None else DAY[end], "leave", by, post)


def filled(person: int, absences: Sequence[Absence], at: int, posts: Mapping[int, Sequence[int]] | None = None) -> int | None:
    held = posts or {}
    return who_fills(
        person,
        away=lambda one: next((a for a in absences if a.person_id == one and a.holds_at(DAY[at])), None),
        holders=lambda post: held.get(post, ()),
    )


def circle(new: Absence, known: Sequence[Absence], posts: Mapping[int, Sequence[int]] | None = None) -> tuple[int, ...] | None:
    held = posts or {}
    return leads_back(
        new, absences=lambda one: [a for a in known if a.person_id == one], holders=lambda post, begin, end: held.get(post, ())
    )


def test_an_absence_is_half_open() -> None:
    one = [away(1, 2, 4, by=2)]
    assert [filled(1, one, at) for at in range(1, 6)] == [1, 2, 2, 1, 1]
    assert filled(1, [away(1, 2, None, by=2)], 19) == 2


def test_a_chain_is_followed_to_somebody_who_is_there() -> None:
    chain = [away(1, 0, 9, by=2), away(2, 0, 9, post=7)]
    assert filled(1, chain, 3, {7: (3, 4)}) == 3
    assert filled(1, [*chain, away(3, 0, 9)], 3, {7: (3, 4)}) == 4
    assert filled(1, chain, 3) is None
    assert filled(1, [away(1, 0, 9)], 3) is None


def test_a_chain_that_became_a_circle_leads_to_nobody_and_ends() -> None:
    assert filled(1, [away(1, 0, 9, by=2), away(2, 0, 9, by=1)], 3) is None


@pytest.mark.parametrize(
    ("new", "known", "posts", "expected"),
    [
        (away(1, 0, 5, by=1), [], {}, (1, 1)),
        (away(1, 0, 5, by=2), [away(2, 3, 8, by=1)], {}, (1, 2, 1)),
        (away(1, 0, 5, by=2), [away(2, 5, 8, by=1)], {}, None),
        (away(1, 0, None, by=2), [away(2, 5, 8, by=1)], {}, (1, 2, 1)),
        (away(1, 0, 5, post=7), [], {7: (2, 1)}, (1, 1)),
        (away(1, 0, 5, post=7), [away(2, 4, 9, by=3), away(3, 4, None, by=1)], {7: (2,)}, (1, 2, 3, 1)),
        (away(1, 0, 5, post=7), [away(2, 0, 4, by=3), away(3, 4, None, by=1)], {7: (2,)}, None),
        (away(1, 0, 5, by=2), [away(2, 0, 9, by=3), away(3, 0, 9, by=2)], {}, None),
    ],
    ids=[
        "himself",
        "each other",
        "one behind the other",
        "without end",
        "his own post",
        "through a post",
        "never at once",
        "not through him",
    ],
)
def test_circles_are_seen_where_they_hold_at_one_instant(
    new: Absence, known: list[Absence], posts: dict[int, Sequence[int]], expected: tuple[int, ...] | None
) -> None:
    assert circle(new, known, posts) == expected


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 9), st.integers(1, 9), st.integers(1, 4)), max_size=7))
def test_what_is_taken_in_one_by_one_never_leaves_a_day_with_a_circle(rows: list[tuple[int, int, int, int]]) -> None:
    known: list[Absence] = []
    for person, begin, length, by in rows:
        new = away(person, begin, begin + length, by=by)
        mine = [a for a in known if a.person_id == person]
        if any(overlap(new.from_at, new.until_at, a.from_at, a.until_at) for a in mine):
            continue
        if circle(new, known) is None:
            known.append(new)
        else:  # it is refused for a reason: on some day the chain does come back
            assert any(chain_returns(person, [*known, new], at) for at in range(19))
    for at in range(19):
        for person in range(1, 5):
            assert filled(person, known, at) is not None


def chain_returns(person: int, absences: Sequence[Absence], at: int) -> bool:
    now = person
    for _ in range(10):
        found = next((a for a in absences if a.person_id == now and a.holds_at(DAY[at])), None)
        if found is None:
            return False
        now = found.stand_in_person_id or 0
        if now == person:
            return True
    return False


def held(post: int, role: str, person: int | None, *, until: int | None = None, retired: int | None = None) -> Held:
    level = "micro_grid" if role == "micro_grid_leader" else "grid"
    ends = None if until is None else DAY[until]
    gone = None if retired is None else DAY[retired]
    return Held(post, role, level, "1", None, None, gone, person, person and f"人{person}", person and DAY[0], ends)


def test_the_stand_in_is_named_with_whom_and_why() -> None:
    roll = Roll([held(1, "micro_grid_leader", 1)], [away(1, 2, 4, by=2)], {2: "人2"})
    found = roll.responsible([("micro_grid", "1")], DAY[3])
    assert found is not None
    assert (found.name, found.stands_in, found.holder) == ("人2", True, "人1")
    assert found.why("en") == "人2 stands in for 人1, who is on leave until 2026-11-05T00:00+00:00"
    assert found.why("zh-CN") == "人1休假，由人2代理，至 2026-11-05T00:00+00:00"
    back = roll.responsible([("micro_grid", "1")], DAY[4])
    assert back is not None
    assert (back.name, back.why("en")) == ("人1", None)


def test_a_retired_post_answers_for_nothing() -> None:
    roll = Roll([held(1, "micro_grid_leader", 1, until=5, retired=5), held(2, "grid_worker", 2)])
    areas = [("micro_grid", "1"), ("grid", "1")]
    assert [found.post_id for at in (4, 5) if (found := roll.responsible(areas, DAY[at]))] == [1, 2]
    assert roll.of_post(1, DAY[5]) is None
