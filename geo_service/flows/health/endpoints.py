"""HTTP of health: open without a key, for load balancers and for people."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from boundaries.store.repository import current_number
from geo_service import __version__
from geo_service.api.deps import Reading, WiringDep

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


@router.get("/live", summary="The process answers")
def live() -> Live:
    """200 as long as the process runs."""
    return Live()


@router.get("/ready", summary="The service can route")
def ready(connection: Reading, wiring: WiringDep) -> Ready:
    """200 when reports can be routed, 503 with the reason when not."""
    published = wiring.published.matching(connection, current_number(connection))
    return Ready(
        database=wiring.database.dialect,
        city=published.city.name,
        generation=published.number,
        leaves=len(published.leaves),
        demo=wiring.settings.server.demo,
    )
