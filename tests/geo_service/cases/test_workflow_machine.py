"""Whatever anybody does in whatever order: one owner, a clock that never runs back, and a state that is the fold of its events."""

from tests.geo_service.cases.machine import run


def test_any_order_of_events_keeps_the_rules() -> None:
    run(steps=50, runs=30)
