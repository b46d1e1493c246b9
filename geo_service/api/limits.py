"""Limits and headers that hold for every request, before anything is parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo_service.api.problems import problem_of
from geo_service.errors import TooLargeError

BODY_LIMIT = 64 * 1024
_RULES = ("catalogue", "categories", "affairs", "conditions", "limits", "duties", "calendar", "matrix", "ladder", "entries")
LARGER: Mapping[str, int] = {
    "/api/v1/locate/batch": 8 * 1024 * 1024,
    "/api/v1/facilities/import": 16 * 1024 * 1024,
    **{f"/api/v1/rules/{kind}": 16 * 1024 * 1024 for kind in _RULES},
}
"""Paths that take more than BODY_LIMIT: 100,000 points as JSON are some 4 MB; rules come as whole tables."""

FILES = re.compile(r"/api/v1/(generations/import|drafts/([0-9]+/)?adopt)")
"""Paths that take files: up to the setting `upload_bytes`, counted as they come and never whole in memory."""
PHOTOS = re.compile(r"/api/v1/facilities/[0-9]+/photos")
PHOTO_LIMIT = 12 * 1024 * 1024
_AROUND = 256 * 1024
"""What the parts around the files may take."""

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class Limits:
    """ASGI wrapper: refuses a body over the limit with 413 and adds the security headers that a response does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        files = FILES.fullmatch(scope["path"]) is not None
        limit = _file_limit(scope) if files else PHOTO_LIMIT if PHOTOS.fullmatch(scope["path"]) else LARGER.get(scope["path"], BODY_LIMIT)
        sent = _with_headers(send)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > limit:
            await _refuse(scope, receive, sent, limit)
            return
        if files:
            await self.app(scope, _counted(receive, limit), sent)
            return
        chunks: list[bytes] = []
        size, more = 0, True
        while more:  # whole before anything is parsed: a small body costs little, a large one is refused here
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > limit:
                await _refuse(scope, receive, sent, limit)
                return
            chunks.append(chunk)
            more = message.get("more_body", False)
        await self.app(scope, _replay(b"".join(chunks), receive), sent)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


def _file_limit(scope: Scope) -> int:
    return int(scope["app"].state.wiring.settings.uploads.upload_bytes) + _AROUND


def _counted(receive: Receive, limit: int) -> Receive:
    """The body as it comes; TooLargeError to whoever reads on beyond the limit."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise _too_large(limit)
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(h for h in HEADERS if h[0] not in present)]
        await send(message)

    return sent


async def _refuse(scope: Scope, receive: Receive, send: Send, limit: int) -> None:
    await problem_of(Request(scope), _too_large(limit))(scope, receive, send)


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError("body_too_large", en="the body is larger than {limit} bytes", zh="请求体超过 {limit} 字节的上限", limit=limit)
