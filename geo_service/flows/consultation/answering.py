"""A change over HTTP: read once, done once, answered with its version; the same key sent again gives the first answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import Header, Request
from pydantic import BaseModel
from sqlalchemy import Connection
from starlette.responses import Response

from geo_service import idempotency
from geo_service.accounts import Actor
from geo_service.api.once import earlier_answer
from geo_service.errors import RequestError

IfMatch = Annotated[str | None, Header(description="the version you looked at, in quotes, as the ETag gives it")]


async def body_object(request: Request) -> tuple[dict[str, Any], bytes]:
    """The body as a JSON object, {} for none, and its raw bytes. RequestError for anything else."""
    raw = await request.body()
    try:
        said = orjson.loads(raw) if raw.strip() else {}
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        raise RequestError("not_an_object", en="the body is a JSON object", zh="请求体应为 JSON 对象", field="body")
    return said, raw


class Once:
    """One change by one actor. `replayed` is the first answer, where the key came before; else do it, then `answer`.

    what: which change of what; the same key means nothing elsewhere, nor to others. Errors as `earlier_answer`.
    """

    def __init__(self, connection: Connection, *, actor: Actor, what: str, key: str | None, raw: bytes, at: datetime) -> None:
        self._connection, self._key = connection, key
        self._scope = f"{what}:{actor.name}"[:120]
        self.replayed = earlier_answer(connection, scope=self._scope, key=key, raw=raw, at=at)

    def answer(self, made: BaseModel, *, version: int, status: int = 200, location: str | None = None) -> Response:
        """The answer, kept beside the key. version: becomes its ETag."""
        said = made.model_dump(mode="json")
        if self._key is not None:
            idempotency.remember(self._connection, scope=self._scope, key=self._key, status=status, response=said)
        headers = {"ETag": f'"{version}"', **({"Location": location} if location else {})}
        return Response(orjson.dumps(said), status_code=status, media_type="application/json", headers=headers)
