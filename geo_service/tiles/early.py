"""Tiles before anything else: those of published generations go out from memory, whatever the service has to look at for other calls."""

from __future__ import annotations

import re
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from geo_service.api.limits import HEADERS
from geo_service.api.wiring import Wiring
from geo_service.tiles.answering import TileAnswer, tile_answer

_TILE: Final = re.compile(r"/tiles/boundaries/([0-9]{1,9})/([0-9]{1,2})/([0-9]{1,8})/([0-9]{1,8})\.pbf")
_SAFE: Final = [header for header in HEADERS if header[0] != b"cache-control"]


class EarlyTiles:
    """ASGI wrapper: answers for tiles that anybody may have and that are in memory; all others go the way of every call."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _answer(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if answer is None:
            await self.app(scope, receive, send)
            return
        headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers + _SAFE})
        await send({"type": "http.response.body", "body": answer.content})


def _answer(scope: Scope) -> TileAnswer | None:
    place = _TILE.fullmatch(scope["path"])
    if place is None:
        return None
    number, z, x, y = map(int, place.groups())
    wiring: Wiring = scope["app"].state.wiring
    drawn = wiring.pyramids.kept(number)
    if drawn is None or not drawn.published or (z, x, y) not in drawn.pyramid.tiles:
        return None
    told = {name: value for name, value in scope["headers"] if name in (b"accept-encoding", b"if-none-match")}
    accepts, known = (told.get(name, b"").decode("latin-1") for name in (b"accept-encoding", b"if-none-match"))
    return tile_answer(drawn, (z, x, y), accepts=accepts, known=known)
