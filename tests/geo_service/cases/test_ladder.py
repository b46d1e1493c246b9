"""Escalation: due by the case's own deadlines, whenever one looks; never in a circle."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from geo_service.cases.clocks import USUAL_LADDER, Ladder, Limit, Step, steps_due
from geo_service.errors import SetupError

ZONE = "Asia/Shanghai"
DUE = datetime(2026, 11, 20, 18, tzinfo=ZoneInfo(ZONE))  # a Friday
WARN = DUE - timedelta(hours=2)


def taken_by(calendar, looks) -> list[tuple[str, datetime]]:
    taken: dict[str, datetime] = {}
    for now in looks:
        for step, at in steps_due(USUAL_LADDER, warn_at=WARN, due=DUE, now=now, taken=taken, calendar=calendar, timezone=ZONE):
            assert at <= now
            taken[step.code] = at
    return list(taken.items())


def test_downtime_changes_neither_the_steps_nor_their_instants(calendar) -> None:
    often = [WARN + timedelta(minutes=10 * n) for n in range(2000)]
    assert taken_by(calendar, often) == taken_by(calendar, often[-1:])
    assert taken_by(calendar, often) == [
        ("warn_owner", WARN),
        ("due_owner", DUE),
        ("due_operator", DUE),
        ("late_supervisor", DUE + timedelta(days=3)),  # Monday, at the end of the working day
        ("late_leader", DUE + timedelta(days=7)),
    ]


def test_lights_and_steps_turn_together(calendar) -> None:
    def codes(now: datetime) -> list[str]:
        found = steps_due(USUAL_LADDER, warn_at=WARN, due=DUE, now=now, taken=(), calendar=calendar, timezone=ZONE)
        return [step.code for step, _ in found]

    second = timedelta(seconds=1)
    assert [codes(now) for now in (WARN - second, WARN, DUE, DUE + second)] == [
        [],
        ["warn_owner"],
        ["warn_owner"],
        ["warn_owner", "due_owner", "due_operator"],
    ]
    assert steps_due(USUAL_LADDER, warn_at=None, due=None, now=DUE, taken=(), calendar=calendar, timezone=ZONE) == []


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ((Step("a", "due", None, "agency", "b"), Step("b", "due", None, "operator", "a")), "circular_escalation"),
        ((Step("a", "due", None, "agency", "z"),), "unknown_rung"),
        ((Step("a", "due", None, "agency"), Step("b", "due", Limit(1, "work_day"), "operator")), "unreached_rung"),
        ((Step("a", "due", None, "agency"), Step("a", "due", None, "agency")), "rung_twice"),
    ],
)
def test_ladders_that_lead_nowhere_or_round_are_refused(steps, code) -> None:
    with pytest.raises(SetupError) as refused:
        Ladder(steps)
    assert refused.value.code == code
