"""Clocks: how long a case may take, how long it has taken, and which light it shows. Pure arithmetic over a working calendar."""

from geo_service.cases.clocks.calendar import CalendarEnds, Season, WorkCalendar
from geo_service.cases.clocks.counting import due_at, elapsed, light, mark_at, paused_within
from geo_service.cases.clocks.ladder import USUAL_LADDER, Ladder, Step, steps_due
from geo_service.cases.clocks.limit import CLOCK_TYPES, ClockType, Limit, Pause, instant
from geo_service.cases.clocks.standing import Standing, closed_pauses, standing

__all__ = [
    "CLOCK_TYPES",
    "USUAL_LADDER",
    "CalendarEnds",
    "ClockType",
    "Ladder",
    "Limit",
    "Pause",
    "Season",
    "Standing",
    "Step",
    "WorkCalendar",
    "closed_pauses",
    "due_at",
    "elapsed",
    "instant",
    "light",
    "mark_at",
    "paused_within",
    "standing",
    "steps_due",
]
