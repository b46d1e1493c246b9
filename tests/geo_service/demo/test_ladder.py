"""Who answered, for many at once: never another than `responsible_for` names."""

import datetime as dt
import itertools
from typing import Any

import sqlalchemy as sa

from geo_service.demo.ladder import Ladder
from geo_service.workers.repository import responsible_for
from geo_service.workers.tables import agency, holding, person, post

DAY = [dt.datetime(2026, 11, day, tzinfo=dt.UTC) for day in range(1, 10)]
MICRO, GRID, STREET = ("micro_grid", "11"), ("grid", "1"), ("street", "0")
POSTS = (
    (1, "micro_grid_leader", MICRO),
    (2, "micro_grid_member", MICRO),
    (3, "grid_worker", GRID),
    (4, "grid_worker", GRID),
    (5, "street_office", STREET),
)
# post, person, from, until, stands in, away from, away until
HELD = (
    (1, 1, 0, 2, False, None, None),
    (1, 2, 3, None, False, 4, 6),
    (1, 3, 4, 5, True, None, None),
    (2, 4, 0, None, False, None, None),
    (4, 4, 1, 5, True, None, None),
    (4, 5, 1, None, False, 5, None),
    (5, 6, 1, 7, False, None, None),
)


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
        names = ("post_id", "person_id", "from_at", "until_at", "stands_in", "away_from_at", "away_until_at")
        for row in HELD:
            moments = [value if i in (0, 1, 4) or value is None else DAY[value] for i, value in enumerate(row)]
            connection.execute(sa.insert(holding).values(dict(zip(names, moments, strict=True))))
        ladder, named = Ladder(connection), set()
        for day, length in itertools.product(DAY, range(1, 4)):
            areas = [MICRO, GRID, STREET][:length]
            one = responsible_for(connection, areas=areas, at=day)
            expected = (one.post_id, one.person_id, one.agency) if one else None
            assert ladder.responsible(areas, day.timestamp()) == expected
            named.add(expected)
        assert ladder.responsible([("grid", "2")], DAY[0].timestamp()) is None
    assert {(1, 1, "甲办"), (1, 2, "甲办"), (1, 3, "甲办"), (4, 5, None), (5, 6, "甲办"), (1, None, "甲办")} <= named
