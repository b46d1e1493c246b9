"""What endpoints of this story read from a request: the filter of cases, the version in If-Match, the body of an action, keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

import orjson
from fastapi import Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from starlette.responses import Response

from geo_service import idempotency
from geo_service.accounts import Actor
from geo_service.api.instants import Instant
from geo_service.cases import Case, CaseFilter
from geo_service.cases.measures import MEASURES
from geo_service.errors import RequestError, StaleError
from geo_service.flows.dispatch.schemas import State
from geo_service.flows.dispatch.shapes import LONGEST, ring_of
from geo_service.scope import Scope

LARGEST_ID = 2**63 - 1
CASE_LIST = r"^[1-9][0-9]{0,17}(,[1-9][0-9]{0,17}){0,199}$"
IfMatch = Annotated[str | None, Header(description="the case's version in quotes, as its ETag gives it")]
IdempotencyKey = Annotated[str | None, Header(description="the same key sent again gives the first answer")]


class Consult(Protocol):
    """Opens the next tier of consultation on a case; given by whoever puts the service together."""

    def __call__(
        self, connection: Connection, case_id: int, said: dict[str, Any], *, expected_version: int, actor: Actor, now: datetime
    ) -> Case: ...


def get_consult(request: Request) -> Consult:
    """How the app was told to open a consultation."""
    consult: Consult = request.app.state.consult
    return consult


ConsultDep = Annotated[Consult, Depends(get_consult)]


class CaseQuery(BaseModel):
    """The filter of lists, maps and counts of cases; what is left out means any."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    state: list[State] | None = None
    area: str | None = Field(None, max_length=32, description="code of an area of any level")
    category: str | None = Field(None, max_length=60, description="a key, or a subtree: social, social:matter, social:matter:80")
    channel: str | None = Field(None, max_length=20)
    queue: str | None = Field(None, max_length=20)
    light: Literal["green", "yellow", "red", "none"] | None = None
    owner: str | None = Field(None, max_length=80, description="agency:<code> or post:<id>")
    agency: str | None = Field(None, max_length=70, description="the owner's code, if it is an agency")
    post: int | None = Field(None, ge=1, le=LARGEST_ID, description="the post that answers for the place")
    worker: int | None = Field(None, ge=1, le=LARGEST_ID, description="the person a case counts for, as evaluation has it")
    urgency: Literal["normal", "urgent", "emergency"] | None = None
    affair: Literal["personal", "community", "specialised", "hard"] | None = None
    from_at: Instant | None = Field(None, alias="from", description="received at or behind this instant")
    to_at: Instant | None = Field(None, alias="to", description="received before this instant")
    text: str | None = Field(None, min_length=1, max_length=100, description="part of the description or address, or a tracking number")
    measure: str | None = Field(None, max_length=30, description="a numerator or denominator of the evaluation")
    within: str | None = Field(None, max_length=LONGEST, description="a drawn shape, datum:lon,lat;lon,lat;..., for example wgs84:...")
    cases: str | None = Field(None, pattern=CASE_LIST, description="only these, up to 200 case ids, parted by commas")
    as_of: Instant | None = Field(None, description="the instant that light and measure are looked at; now where it is left out")

    def filter(self, now: datetime, scope: Scope) -> CaseFilter:
        """The filter as cases know it, within what the caller reaches.

        RequestError for an unknown measure or a text no database can hold."""
        if self.measure is not None and self.measure not in MEASURES:
            raise RequestError(
                "unknown_measure",
                en="there is no measure {measure}: {known}",
                zh="没有指标 {measure}：{known}",
                measure=self.measure,
                known=", ".join(MEASURES),
                field="measure",
            )
        for name in ("text", "area", "category", "channel", "queue", "owner", "agency"):
            if "\x00" in (getattr(self, name) or ""):
                raise RequestError("control_character", en="a control character", zh="含有控制字符", field=name)
        return CaseFilter(
            scope=scope,
            states=tuple(self.state) if self.state else None,
            area_code=self.area,
            category=self.category,
            channel=self.channel,
            queue=self.queue,
            light=self.light,
            owner=self.owner or (f"agency:{self.agency}" if self.agency else None),
            post_id=self.post,
            person_id=self.worker,
            urgency=self.urgency,
            affair=self.affair,
            received_from=self.from_at,
            received_to=self.to_at,
            text=self.text,
            measure=self.measure,
            within=ring_of(self.within) if self.within is not None else None,
            case_ids=tuple(int(one) for one in self.cases.split(",")) if self.cases else None,
            now=self.as_of or now,
        )


class PageQuery(CaseQuery):
    """The filter, and which page of what it finds."""

    before: int | None = Field(None, ge=1, le=LARGEST_ID)
    limit: int = Field(50, ge=1, le=500)


class CountQuery(CaseQuery):
    """The filter, and by what to count."""

    by: str = Field(
        "state", max_length=30, description="state, light, channel, urgency, affair, category, owner, queue or a level of areas"
    )


Cases = Annotated[CaseQuery, Query()]
Page = Annotated[PageQuery, Query()]
Count = Annotated[CountQuery, Query()]


def version_of(if_match: str | None) -> int:
    """The version an If-Match names. StaleError 'precondition_required' (428) without one, RequestError for what is no version."""
    if if_match is None:
        raise StaleError("precondition_required", en="say If-Match with the case's version", zh="请用 If-Match 给出案件的版本")
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise RequestError(
            "bad_if_match", en="If-Match is the case's version in quotes", zh="If-Match 应为带引号的案件版本", field="If-Match"
        )
    return int(text)


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


def earlier_answer(connection: Connection, *, scope: str, key: str | None, raw: bytes, at: datetime) -> Response | None:
    """What was answered when this key came first, or None when there is no key or it is new; a new one is claimed."""
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
    earlier = idempotency.claim(connection, scope=scope, key=key, request_digest=digest, at=at)
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


def scope_of(actor: Actor, what: str) -> str:
    """Whose key it is, and for what: the same key means nothing to others."""
    return f"{what}:{actor.name}"[:120]
