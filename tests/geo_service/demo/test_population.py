"""Every community of the demonstration has people, and with them the whole city; who answered for a case is known by name."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.tables import case_record
from geo_service.flows.evaluation import loads


def test_communities_state_their_people_and_the_city_is_their_sum(filled: Any, connection: Connection) -> None:
    version, people = loads.people(connection, filled.published, at=filled.as_of)
    homes, areas = loads.households(filled.published), filled.city.areas
    assert version == 1
    communities = areas.loc[areas["level"] == "community", "code"].tolist()
    lived_in = [code for code in communities if homes.get(code, 0)]
    assert lived_in
    for code in lived_in:
        assert people[code].basis == "stated"
        assert 2.0 <= people[code].number / homes[code] <= 3.1
    city = areas.loc[areas["level"] == "city", "code"].iloc[0]
    assert round(people[city].number) >= sum(round(people[code].number) for code in lived_in)
    leaf = next(code for code in areas.loc[areas["level"] == "micro_grid", "code"] if homes.get(code, 0))
    assert people[leaf].basis == "by_households"


def test_cases_that_a_post_owns_name_who_was_there(connection: Connection) -> None:
    c = case_record.c
    owned = sa.select(sa.func.count(), sa.func.count(c.answered_by)).where(c.owner.startswith("post:"))
    total, named = connection.execute(owned).one()
    assert total > 20
    assert named >= 0.9 * total  # a few posts are vacant
    assert connection.execute(sa.select(sa.func.count()).where(c.owner.startswith("agency:"), c.answered_by.is_not(None))).scalar_one() == 0
