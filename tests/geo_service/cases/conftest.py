"""The calendar of the tests: the shipped table with the usual hours."""

import pytest

from geo_service.cases.clocks import WorkCalendar
from geo_service.catalogue.calendar import shipped_calendar

ZONE = "Asia/Shanghai"


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    table = shipped_calendar()
    return WorkCalendar(table.first, table.last, table.working())
