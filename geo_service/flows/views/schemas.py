"""The wire of saved views."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from geo_service.api.texts import Line


class ViewAsked(BaseModel):
    """A filter as the console's address holds it, and what to call it."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(min_length=1, max_length=60, examples=["城区超期"])
    query: Line = Field(min_length=1, max_length=7000, pattern=r"^[\x21-\x7e]+$", examples=["state=handling&light=red"])


class ViewOut(BaseModel):
    """A saved view."""

    view_id: int
    name: str
    query: str
    saved_at: datetime


class ViewsOut(BaseModel):
    """The caller's views by name."""

    items: list[ViewOut]
