"""The wire of taking a report in."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat

from geo_service.api.answers import LocateOut

Channel = Literal["mini_program", "hotline", "web", "open311", "courier", "patrol", "whistle", "service_day", "operator", "api"]


def _printable(text: str) -> str:
    """Text without control characters other than line breaks and tabs; blank text is refused."""
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\r\t" for sign in text):
        raise ValueError("control characters")
    if not text.strip():
        raise ValueError("blank")
    return text


Text = Annotated[str, AfterValidator(_printable)]


class ReporterIn(BaseModel):
    """Who reports. Kept apart from the case; no endpoint returns it."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = Field(None, max_length=60)
    phone: str | None = Field(None, pattern=r"^\+?[0-9][0-9 \-]{2,27}$", examples=["13800138000"])


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


class ReportOut(LocateOut):
    """Where the report was routed, and the case it became."""

    case_id: int
    tracking_number: str = Field(examples=["20261124-000001"])
    state: Literal["received"]
    received_at: datetime
