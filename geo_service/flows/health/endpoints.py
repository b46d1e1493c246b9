"""HTTP of health: open without a key, for load balancers and for people."""

from __future__ import annotations

from datetime import date
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from boundaries.store.repository import current_number
from geo_service import __version__
from geo_service.api.deps import Language, Reading, WiringDep
from geo_service.cases.calendars import calendar_in_force
from geo_service.cases.rule_versions import book_if_any
from geo_service.notify import outbox, repository

router = APIRouter(prefix="/health", tags=["health"])


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"
    version: str = __version__


class Ready(BaseModel):
    """The process can route: its database answers and a generation of boundaries is in force and loaded."""

    status: Literal["ready"] = "ready"
    version: str = __version__
    database: str
    city: str
    generation: int
    leaves: int
    demo: bool
    calendar_until: date | None = Field(description="until when holidays are known; null where the city has no calendar")
    warnings: list[str] = Field(description="what somebody should see to soon, in the caller's language")


@router.get("/live", summary="The process answers")
def live() -> Live:
    """200 as long as the process runs."""
    return Live()


@router.get("/ready", summary="The service can route")
def ready(connection: Reading, wiring: WiringDep, language: Language) -> Ready:
    """200 when reports can be routed, 503 with the reason when not. Warns from 60 days before the table of holidays runs out."""
    published = wiring.published.matching(connection, current_number(connection))
    now = wiring.clock.now()
    calendar = calendar_in_force(connection, at=now) if book_if_any(connection, "calendar", at=now) else None
    full = len(repository.behind(connection))
    ends = calendar.ends(now, published.city.timezone) if calendar else None
    return Ready(
        database=wiring.database.dialect,
        city=published.city.name,
        generation=published.number,
        leaves=len(published.leaves),
        demo=wiring.settings.server.demo,
        calendar_until=calendar.last if calendar else None,
        warnings=[*([ends.text(language)] if ends else []), *([outbox.full_warning(full, language)] if full else [])],
    )
