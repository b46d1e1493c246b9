"""Whatever people do through the service, in whatever order: the rules of a case hold after every step, on both databases."""

from geo_service import event_log
from tests.flows.conftest import Service
from tests.flows.desk import Desk
from tests.flows.machine import run


def test_cases_keep_the_rules_whoever_does_what(service: Service) -> None:
    seen = run(Desk(service), steps=25, runs=20)
    assert len(seen) >= 20, sorted(seen)
    with service.database.reading() as connection:
        assert event_log.first_break(connection) is None
