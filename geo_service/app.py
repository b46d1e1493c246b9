"""The app, and the only place where its parts are put together."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

from fastapi import FastAPI

from boundaries.errors import BoundariesError
from geo_service import __version__
from geo_service.api import problems
from geo_service.api.limits import Limits
from geo_service.api.wiring import Wiring
from geo_service.clock import Clock, SystemClock
from geo_service.db import Database
from geo_service.errors import SetupError
from geo_service.flows.accounts.endpoints import router as accounts
from geo_service.flows.dispatch.endpoints import router as dispatch
from geo_service.flows.evaluation.endpoints import router as evaluation
from geo_service.flows.health.endpoints import router as health
from geo_service.flows.intake.endpoints import router as intake
from geo_service.flows.lookup.endpoints import router as lookup
from geo_service.flows.planning.endpoints import router as planning
from geo_service.flows.planning.publishing import publish_due
from geo_service.maps.endpoints import router as maps
from geo_service.maps.home import router as home
from geo_service.migrations import check_version
from geo_service.settings import Settings

log = logging.getLogger("citygrid")

DESCRIPTION = """Open-source grid governance for cities: from a report with a point or an address to the one worker who answers.

Coordinates are lon, lat with a named datum, always. Errors are problem documents (RFC 9457) in the language of Accept-Language."""


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """The service over one city's database.

    SetupError when the database is missing, older or newer than this program, or when the demonstration mode would listen to
    anything but this machine.
    """
    if settings.server.demo and not _loopback(settings.server.host):
        raise SetupError(
            "demo_exposed",
            en="CITYGRID_DEMO=1 lets anyone act as an operator: it is refused on {host}, only this machine (127.0.0.1) may use it",
            zh="CITYGRID_DEMO=1 允许任何人以调度员身份操作：不得在 {host} 上使用，仅限本机（127.0.0.1）",
            host=settings.server.host,
        )
    check_version(settings.storage.database_url)
    wiring = Wiring(settings, Database(settings.storage.database_url), clock or SystemClock())
    app = FastAPI(title="citygrid", version=__version__, description=DESCRIPTION, docs_url=None, redoc_url=None, lifespan=_lifespan)
    app.state.wiring = wiring
    problems.install(app)
    for router in (accounts, health, lookup, intake, dispatch, evaluation, planning, maps, home):
        app.include_router(router)
    app.add_middleware(Limits)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    wiring: Wiring = app.state.wiring
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(wiring, stop), name="published", daemon=True)
    watcher.start()
    yield
    stop.set()
    watcher.join(timeout=5)
    wiring.database.close()


def _watch(wiring: Wiring, stop: threading.Event) -> None:
    """Loads what the service needs before the first call asks for it, then follows publications of other processes."""
    first = True
    while not stop.is_set():
        try:
            publish_due(wiring, now=wiring.clock.now())
            wiring.published.refresh()
            if first:
                wiring.geocoder()
                first = False
        except BoundariesError as error:
            log.log(logging.WARNING if first else logging.INFO, "cannot answer yet: %s", error)
        stop.wait(wiring.settings.routing.refresh_seconds)


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
