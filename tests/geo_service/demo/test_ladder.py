"""Who answered, for many at once: never another than `responsible_for` names."""

import datetime as dt
import itertools
from typing import Any

import sqlalchemy as sa

from geo_service.demo.ladder import Ladder
from geo_service.workers.repository import responsible_for
from geo_service.workers.tables import absence, agency, holding, person, post

DAY = [dt.datetime(2026, 11, day, tzinfo=dt.UTC) for day in range(1, 10)]
MICRO, GRID, STREET = ("micro_grid", "11"), ("grid", "1"), ("street", "0")
POSTS = (
    (1, "micro_grid_leader", MICRO),
    (2, "micro_grid_member", MICRO),
    (3, "grid_worker", GRID),
    (4, "grid_worker", GRID),
    (5, "street_office", STREET),
)
# post, person, from, until
HELD = ((1, 1, 0, 1), (1, 2, 3, 7), (2, 4, 0, None), (4, 5, 1, None), (5, 6, 1, 8))
# person, from, until, stand-in, post that stands in
AWAY = ((2, 4, 5, 3, None), (2, 5, 6, None, 5), (5, 2, 4, 2, None), (5, 5, None, None, None))


def test_it_names_whom_the_rule_for_one_names(empty: Any) -> None:
    with empty() as connection:
        connection.execute(sa.insert(agency), [{"agency_id": 1, "code": "a", "name": "甲办", "level": "street"}])
        connection.execute(
            sa.insert(post),
            [
                {"post_id": n, "role": role, "area_level": level, "area_code": code, "agency_id": n % 2 or None}
                for n, role, (level, code) in POSTS
            ],
        )
        connection.execute(sa.insert(person), [{"person_id": n, "name": f"人{n}", "party_member": False} for n in range(1, 7)])
        for post_id, person_id, begin, end in HELD:
            span = {"from_at": DAY[begin], "until_at": None if end is None else DAY[end]}
            connection.execute(sa.insert(holding).values(post_id=post_id, person_id=person_id, **span))
        for person_id, begin, end, stand_in, by_post in AWAY:
            span = {"from_at": DAY[begin], "until_at": None if end is None else DAY[end]}
            instead = {"stand_in_person_id": stand_in, "stand_in_post_id": by_post}
            connection.execute(sa.insert(absence).values(person_id=person_id, reason="leave", actor="test", **span, **instead))
        ladder, named = Ladder(connection), set()
        for day, length in itertools.product(DAY, range(1, 4)):
            areas = [MICRO, GRID, STREET][:length]
            one = responsible_for(connection, areas=areas, at=day)
            expected = (one.post_id, one.person_id, one.agency) if one else None
            assert ladder.responsible(areas, day.timestamp()) == expected
            named.add(expected)
        assert ladder.responsible([("grid", "2")], DAY[0].timestamp()) is None
    assert {(1, 1, "甲办"), (1, 2, "甲办"), (1, 3, "甲办"), (1, 6, "甲办"), (4, 5, None), (4, 2, None), (5, 6, "甲办")} <= named
    assert (1, None, "甲办") in named
