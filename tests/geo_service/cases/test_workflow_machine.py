"""Whatever anybody does in whatever order: one owner, a clock that never runs back, and a state that is the fold of its events."""

from tests.geo_service.cases.machine import run


def test_any_order_of_events_keeps_the_rules() -> None:
    run(steps=50, runs=30)  # short runs first: what fails here is made small before it is shown


def test_long_lives_keep_the_rules_and_meet_nearly_every_event() -> None:
    seen = run(steps=200, runs=200, shrink=False)
    assert len(seen) >= 35, sorted(seen)
