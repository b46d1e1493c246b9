"""The running service as a test holds it, and when it runs."""

import datetime as dt
from dataclasses import dataclass

from fastapi.testclient import TestClient
from starlette.datastructures import State

from geo_service.api.wiring import Wiring
from geo_service.clock import FixedClock
from geo_service.db import Database
from geo_service.jobs import run_due

NOW = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)


@dataclass
class Service:
    """A running service and what a test may reach behind it."""

    client: TestClient
    database: Database
    clock: FixedClock
    key: str

    def __post_init__(self) -> None:
        self.operator = {"Authorization": f"Bearer {self.key}"}

    @property
    def state(self) -> State:
        """What the app carries: its wiring, its access log, its feed."""
        return self.client.app.state  # type: ignore[attr-defined]  # a starlette app, declared as any ASGI one

    @property
    def wiring(self) -> Wiring:
        """The parts of the installation behind the app."""
        wiring: Wiring = self.state.wiring
        return wiring

    def background(self) -> dict[str, int | None]:
        """Does all background work that is due now."""
        return run_due(self.wiring)
