"""The wire of taking a report in."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat

from geo_service.api.answers import LocateOut

Channel = Literal["mini_program", "hotline", "web", "open311", "courier", "patrol", "whistle", "service_day", "operator", "api"]


_UNSEEN = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Signs that nobody sees and that turn the direction of what is read, so that a text shows something else than it says."""


def without_unseen(text: str) -> str:
    """A resident's text without control characters (NUL too) and signs of direction; line breaks and tabs stay.

    They are taken out and not refused: a phone pastes them along unseen, and whoever reports cannot know which sign is meant. What
    staff write is refused with the field named, for they can mend it. Lone surrogates are no text and are refused with the JSON.
    ValueError for a text of which nothing is left.
    """
    text = "".join(sign for sign in text if sign not in _UNSEEN and (unicodedata.category(sign) != "Cc" or sign in "\n\r\t"))
    if not text.strip():
        raise ValueError("blank")
    return text


Text = Annotated[str, AfterValidator(without_unseen)]


class ReporterIn(BaseModel):
    """Who reports. Kept apart from the case; no endpoint returns it."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = Field(None, max_length=60)
    phone: str | None = Field(None, pattern=r"^\+?[0-9][0-9 \-]{2,27}$", examples=["13800138000"])


class NotifyIn(BaseModel):
    """Where whoever reports wants to hear how it goes on: a phone or a mailbox, as far as the city has a way to send there."""

    model_config = ConfigDict(extra="forbid")

    channel: Text = Field(max_length=20, examples=["sms"])
    address: Text = Field(max_length=254, examples=["13800138000"])


class ReportIn(BaseModel):
    """A report: a point (with its datum), an address, or both; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")

    lon: FiniteFloat | None = None
    lat: FiniteFloat | None = None
    datum: str | None = Field(None, description="required with a point: wgs84 | cgcs2000 | gcj02 | bd09")
    accuracy_m: FiniteFloat | None = Field(None, gt=0, le=50_000, description="the radius that holds the true point with 68 %")
    address: Text | None = Field(None, min_length=2, max_length=300)
    description: Text = Field(min_length=1, max_length=10_000)
    channel: Channel = "api"
    category: str | None = Field(None, description="<tree>:<kind>:<code>", examples=["gb47678:matter:06010"])
    urgency: Literal["normal", "urgent", "emergency"] = "normal"
    reporter: ReporterIn | None = None
    notify: NotifyIn | None = None


class ReportOut(LocateOut):
    """Where the report was routed, and the case it became."""

    case_id: int
    tracking_number: str = Field(examples=["20261124-000001"])
    state: Literal["received"]
    received_at: datetime
