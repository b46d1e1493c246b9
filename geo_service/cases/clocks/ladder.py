"""The escalation ladder as data: who is told when a light turns, and who next while nothing happens.

When a step is due is worked out from the case's own deadlines, never from when somebody looked: after downtime the same steps are due,
at the same instants, and each is taken once because it has a key.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from geo_service.cases.clocks.calendar import WorkCalendar
from geo_service.cases.clocks.counting import due_at
from geo_service.cases.clocks.limit import Limit, instant
from geo_service.errors import SetupError


@dataclass(frozen=True, slots=True)
class Step:
    """A rung. mark: the warning or the deadline; plus: how long behind it, None for at once. tells: a role. then: the next rung's code."""

    code: str
    mark: Literal["warn", "due"]
    plus: Limit | None
    tells: str
    then: str | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs from the first to the last. SetupError for a rung that leads to none, or back to one before it, and for one never reached."""

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        by_code = {step.code: step for step in self.steps}
        if len(by_code) != len(self.steps):
            raise SetupError("rung_twice", en="a rung of the escalation is named twice", zh="升级步骤重名")
        seen: list[str] = []
        at = self.steps[0].code if self.steps else None
        while at is not None:
            if at in seen:
                raise SetupError("circular_escalation", en="escalation goes in a circle at {rung}", zh="升级路径在 {rung} 处成环", rung=at)
            if at not in by_code:
                raise SetupError("unknown_rung", en="escalation leads to {rung}, which is none", zh="升级路径指向不存在的 {rung}", rung=at)
            seen.append(at)
            at = by_code[at].then
        if len(seen) != len(self.steps):
            raise SetupError("unreached_rung", en="a rung of the escalation is never reached", zh="有升级步骤不可达")
        object.__setattr__(self, "steps", tuple(by_code[code] for code in seen))


USUAL_LADDER = Ladder(
    (
        Step("warn_owner", "warn", None, "agency", "due_owner"),
        Step("due_owner", "due", None, "agency", "due_operator"),
        Step("due_operator", "due", None, "operator", "late_supervisor"),
        Step("late_supervisor", "due", Limit(1, "work_day"), "supervisor", "late_leader"),
        Step("late_leader", "due", Limit(5, "work_day"), "city_leader"),
    )
)
"""What ships; a city has its own."""


def steps_due(
    ladder: Ladder,
    *,
    warn_at: datetime | None,
    due: datetime | None,
    now: datetime,
    taken: Collection[str],
    calendar: WorkCalendar,
    timezone: str,
) -> Sequence[tuple[Step, datetime]]:
    """The rungs whose time has come and that were not taken yet, each with its own instant, in order of time.

    A deadline that was moved moves its rungs: `taken` should hold codes taken for this deadline, so key them by case, deadline and code.
    """
    now = instant(now, "now")
    found: list[tuple[Step, datetime]] = []
    for step in ladder.steps:
        start = warn_at if step.mark == "warn" else due
        if start is None or step.code in taken:
            continue
        at = start if step.plus is None else due_at(start, step.plus, calendar, timezone)
        if at < now or (at == now and step.mark == "warn"):  # a light is red behind the deadline, yellow from the warning on
            found.append((step, at))
    return sorted(found, key=lambda one: one[1])
