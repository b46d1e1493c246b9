"""A code that two levels share: a case counts at both, and once where the code alone is asked for."""

from dataclasses import replace

import sqlalchemy as sa

from geo_service.cases.finding import CaseFilter, count_cases, counts_by, open_case_counts
from geo_service.cases.repository import NewCase, case, open_new
from geo_service.cases.tables import case_area
from geo_service.scope import EVERYTHING
from tests.flows.conftest import NOW, Service
from tests.flows.test_reporting import body, send


def test_a_case_counts_at_each_level_that_bears_its_code(service: Service) -> None:
    first = send(service, body(50, 50))["case_id"]
    c = case_area.c
    with service.database.writing() as connection:
        known = case(connection, first)
        shared = replace(known.routing, areas={**known.routing.areas, "community": "S1", "grid": "S1"})
        made = open_new(connection, NewCase("hotline", None, "normal", "x", None, shared, None, None), at=NOW, timezone="Asia/Shanghai")
        rows = connection.execute(sa.select(c.area_level).where(c.case_id == made.case_id, c.area_code == "S1"))
        assert sorted(rows.scalars()) == ["community", "grid"]
        for level in ("community", "grid"):
            assert counts_by(connection, CaseFilter(scope=EVERYTHING), level, now=NOW)["S1"] == 1
            assert count_cases(connection, CaseFilter(scope=EVERYTHING, area_code="S1", area_level=level)) == 1
        assert count_cases(connection, CaseFilter(scope=EVERYTHING, area_code="S1")) == 1
        assert open_case_counts(connection, EVERYTHING)["S1"] == 1
