"""The app, and the only place where its parts are put together."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address

from fastapi import FastAPI
from starlette.routing import NoMatchFound

from boundaries.errors import BoundariesError
from geo_service import __version__
from geo_service.api import problems
from geo_service.api.access import AccessLog, Noting
from geo_service.api.auth import ask_first
from geo_service.api.limits import Limits
from geo_service.api.wiring import Wiring
from geo_service.clock import Clock, SystemClock
from geo_service.console.basemap import Basemap
from geo_service.console.basemap_endpoints import router as basemap
from geo_service.console.endpoints import router as console
from geo_service.console.held import Held
from geo_service.console.pages import router as pages
from geo_service.db import Database
from geo_service.errors import SetupError
from geo_service.flows.accounts.endpoints import router as accounts
from geo_service.flows.audit.endpoints import router as audit
from geo_service.flows.consultation.by_action import consult
from geo_service.flows.consultation.endpoints import router as consultation
from geo_service.flows.consultation.proposal_endpoints import router as proposals
from geo_service.flows.consultation.whistle_endpoints import router as whistles
from geo_service.flows.dispatch.acting import apply_event
from geo_service.flows.dispatch.bulk_endpoints import router as bulk
from geo_service.flows.dispatch.endpoints import router as dispatch
from geo_service.flows.dispatch.exporting import router as exporting
from geo_service.flows.dispatch.viewing import router as viewing
from geo_service.flows.evaluation.endpoints import router as evaluation
from geo_service.flows.facilities.endpoints import router as facilities
from geo_service.flows.health.endpoints import router as health
from geo_service.flows.intake.endpoints import router as intake
from geo_service.flows.jobs.endpoints import router as jobs
from geo_service.flows.lookup.endpoints import router as lookup
from geo_service.flows.messages.endpoints import router as messages
from geo_service.flows.people.endpoints import router as people
from geo_service.flows.planning.endpoints import router as planning
from geo_service.flows.planning.generations import router as generations
from geo_service.flows.planning.table import router as table
from geo_service.flows.planning.transfer import router as transfer
from geo_service.flows.reporters.endpoints import router as reporters
from geo_service.flows.reporters.phone_endpoints import router as callers
from geo_service.flows.rules.endpoints import router as rules
from geo_service.flows.stream.endpoints import router as stream
from geo_service.flows.stream.service import Feed
from geo_service.flows.views.endpoints import router as views
from geo_service.jobs import run_forever
from geo_service.maps.endpoints import router as maps
from geo_service.maps.home import router as home
from geo_service.migrations import check_version
from geo_service.settings import Settings
from geo_service.tiles.early import EarlyTiles
from geo_service.tiles.endpoints import router as tiles

log = logging.getLogger("citygrid")

DESCRIPTION = """Open-source grid governance for cities: from a report with a point or an address to the one worker who answers.

Coordinates are lon, lat with a named datum, always. Errors are problem documents (RFC 9457) in the language of Accept-Language."""


ROUTERS = (
    *(tiles, lookup, intake),
    *(accounts, audit, messages, reporters, callers, bulk, exporting),
    *(viewing, views, stream, health, dispatch),
    *(consultation, whistles, proposals, evaluation, planning, generations, table),
    *(transfer, jobs, facilities, rules, maps, home),
    *(people, console, basemap, pages),
)
"""In this order: they are tried one after the other, so what is asked for most stands first (the last costs half a millisecond more);
and an address of its own comes before one with a place for any name."""


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """The service over one city's database. Errors as `wire`."""
    app = routed()
    wire(app, settings, clock=clock)
    return app


def routed() -> FastAPI:
    """The service with all its addresses, over no database yet."""
    app = FastAPI(title="citygrid", version=__version__, description=DESCRIPTION, docs_url=None, redoc_url=None, lifespan=_lifespan)
    problems.install(app)
    for router in ROUTERS:
        ask_first(router)
        app.include_router(router)
    with suppress(NoMatchFound):  # looks at every route, so each is built now: built by a first call it would meet other threads' warnings
        app.url_path_for("")
    app.add_middleware(Noting)
    app.add_middleware(Limits)
    app.add_middleware(EarlyTiles)
    return app


def wire(app: FastAPI, settings: Settings, *, clock: Clock | None = None) -> None:
    """Puts the parts of one installation behind the addresses; they start and end with the app's lifespan.

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
    app.state.wiring = wiring
    app.state.accesses = AccessLog(wiring)
    app.state.held = Held()
    app.state.basemap = Basemap(settings.basemap, settings.storage.data_dir)
    app.state.feed = Feed(wiring.database, wiring.clock.now)
    wiring.database.after_commit.append(app.state.feed.wake)
    app.state.step = apply_event  # a ruling of a consultation moves its case as everybody does: a flow never calls a flow
    app.state.consult = consult  # and the action on a case opens a consultation as everybody does


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    wiring: Wiring = app.state.wiring
    stop = threading.Event()
    threads = [
        threading.Thread(target=_watch, args=(wiring, app.state.held, stop), name="published", daemon=True),
        threading.Thread(target=app.state.accesses.run, args=(stop,), name="access log", daemon=True),
    ]
    if wiring.settings.jobs.jobs_in_app:
        threads.append(threading.Thread(target=run_forever, args=(wiring, stop), name="background", daemon=True))
    for thread in threads:
        thread.start()
    yield
    stop.set()
    app.state.feed.close()
    wiring.wanted.set()
    for thread in threads:
        thread.join(timeout=10)
    wiring.database.close()


def _watch(wiring: Wiring, held: Held, stop: threading.Event) -> None:
    """Loads what the service needs before the first call asks for it, then follows publications of other processes."""
    first = True
    while not stop.is_set():
        try:
            wiring.published.refresh()
            if first:
                wiring.geocoder()
                with wiring.database.reading() as connection:
                    held.read_ahead(connection)
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
