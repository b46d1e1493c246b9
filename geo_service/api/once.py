"""The same request sent twice happens once: what endpoints do with an Idempotency-Key."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import orjson
from fastapi import Header
from sqlalchemy import Connection
from starlette.responses import Response

from geo_service import idempotency
from geo_service.errors import RequestError

IdempotencyKey = Annotated[str | None, Header(description="the same key sent again gives the first answer")]


def earlier_answer(connection: Connection, *, scope: str, key: str | None, raw: bytes, at: datetime) -> Response | None:
    """What was answered when this key came first, or None when there is no key or it is new; a new one is claimed.

    RequestError for what is no key, and for a key that came with another body.
    """
    if key is None:
        return None
    if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise RequestError(
            "bad_idempotency_key",
            en="an Idempotency-Key is 1 to 255 printable ASCII characters",
            zh="Idempotency-Key 应为 1 至 255 个可打印 ASCII 字符",
            field="Idempotency-Key",
        )
    digest = idempotency.digest(raw)
    earlier = idempotency.claim(connection, scope=scope[:120], key=key, request_digest=digest, at=at)
    if earlier is None:
        return None
    if earlier.request_digest != digest:
        raise RequestError(
            "key_reused",
            en="this Idempotency-Key came with another body before",
            zh="该 Idempotency-Key 已用于不同的请求体",
            field="Idempotency-Key",
        )
    return Response(
        orjson.dumps(earlier.response), status_code=earlier.status, media_type="application/json", headers={"Idempotent-Replayed": "true"}
    )
