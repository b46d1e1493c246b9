"""The wire of revealing."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from geo_service.api.texts import Line


class RevealAsked(BaseModel):
    """Why the reporter's name and phone are needed."""

    model_config = ConfigDict(extra="forbid")

    purpose: Line = Field(min_length=2, max_length=200, examples=["回访办理结果"])


class RevealedOut(BaseModel):
    """Who reported, and what was written unmasked. Name and phone are null for an anonymous report, or one that was forgotten."""

    name: str | None
    phone: str | None
    description: str
    address: str | None
