"""HTTP of the stream: server-sent events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request
from sse_starlette import EventSourceResponse

from boundaries.errors import BoundariesError
from geo_service.accounts import Actor, scope
from geo_service.api.auth import get_actor, permits
from geo_service.api.deps import WiringDep
from geo_service.api.wiring import Wiring
from geo_service.flows.stream.batches import Batch
from geo_service.flows.stream.service import Feed, Hello, follow
from geo_service.scope import Scope

router = APIRouter(prefix="/api/v1", tags=["stream"])

ASKED_AGAIN_S = 2.0
"""How often a listener's right to listen is looked up again: a role that was taken away ends its stream so soon."""

Reader = Annotated[Actor, Depends(permits("cases.read"))]


@router.get("/events", response_class=EventSourceResponse, summary="What changes, as it changes")
async def events(
    request: Request,
    wiring: WiringDep,
    actor: Reader,
    last_event_id: Annotated[str | None, Header(description="the position of the last batch that arrived")] = None,
    after: Annotated[int | None, Query(ge=0, le=2**53, description="the same, for clients that cannot set the header")] = None,
) -> EventSourceResponse:
    """Needs cases.read. Server-sent events, each with the log's position as its id:

    `hello` {position, generation} first; `batch` {after, position, cases, kinds, events} at most four times a second, cases as they are
    now, as far as the caller's roles reach, phones masked; `generation` {generation} when new boundaries are in force; `reset` {position}
    when the last position is too old, or the caller's roles changed: read the lists anew.
    """
    begun = int(last_event_id) if last_event_id is not None and last_event_id.isdecimal() and len(last_event_id) < 17 else after
    feed = feed_of(request)
    lines = _lines(request, wiring, feed, scope(actor, "cases.read"), begun)
    return EventSourceResponse(lines, ping=15, headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})


def feed_of(request: Request) -> Feed:
    """The one reader of this process."""
    feed: Feed = request.app.state.feed
    return feed


async def _lines(request: Request, wiring: Wiring, feed: Feed, reach: Scope, after: int | None) -> AsyncIterator[dict[str, Any] | bytes]:
    generation, checked = _generation(wiring), time.monotonic()
    async for one in follow(feed, after):
        if isinstance(one, Hello):
            yield _line("hello", {"position": one.position, "generation": generation}, after if one.resumed and after else one.position)
            if not one.resumed:
                yield _line("reset", {"position": one.position}, one.position)
        elif isinstance(one, Batch):
            yield one.event(reach)
        if (now := _generation(wiring)) != generation:
            generation = now
            yield _line("generation", {"generation": now}, None)
        if time.monotonic() - checked >= ASKED_AGAIN_S:
            checked = time.monotonic()
            if await asyncio.to_thread(_reach_now, request, wiring) != reach:
                yield _line("reset", {"position": feed.position}, None)
                return


def _reach_now(request: Request, wiring: Wiring) -> Scope | None:
    try:
        return scope(get_actor(request, wiring), "cases.read")
    except BoundariesError:
        return None


def _generation(wiring: Wiring) -> int | None:
    published = wiring.published.known()
    return published.number if published else None


def _line(event: str, data: dict[str, Any], position: int | None) -> dict[str, Any]:
    line = {"event": event, "data": orjson.dumps(data).decode()}
    return line if position is None else {**line, "id": str(position)}
