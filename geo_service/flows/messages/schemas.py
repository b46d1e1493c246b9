"""The wire of subscriptions, messages and texts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from geo_service.api.texts import Line, Paragraphs

SpokenIn = Literal["zh-CN", "en"]
State = Literal["queued", "sending", "sent", "dead"]
Kind = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Asked(BaseModel):
    """A body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class SubscriptionAsked(Asked):
    """One case (case_id), or what happens in an area and of a category; neither: all that the caller's roles reach."""

    case_id: int | None = Field(None, ge=1, le=2**53)
    area: Line | None = Field(None, max_length=32, description="code of an area of any level")
    category: Line | None = Field(None, max_length=60, description="a key, or a subtree: social, social:matter, social:matter:80")
    kinds: list[Kind] | None = Field(
        None, min_length=1, max_length=40, description="kinds of events, or stage:<name>: every step in that stage; all if left out"
    )
    channel: Line = Field(max_length=20, examples=["webhook"])
    address: Line = Field(max_length=600, examples=["https://example.org/citygrid"])
    language: SpokenIn | None = Field(None, description="of the texts; the caller's where it is left out")
    secret: str | None = Field(None, pattern=r"^[!-~]{16,120}$", description="signs webhooks; one is made where it is left out")


class SubscriptionOut(BaseModel):
    """A subscription. The address is shown masked. full: its outbox is full, what happens is told once there is room."""

    subscription_id: int
    case_id: int | None
    area: str | None
    category: str | None
    kinds: list[str] | None
    channel: str
    address: str = Field(examples=["https://example.org/***", "138****8000"])
    language: str
    full: bool
    created_at: datetime


class NewSubscriptionOut(SubscriptionOut):
    """A subscription just made. secret: shown this once, also when the same request is repeated it is not shown again."""

    secret: str | None


class SubscriptionsOut(BaseModel):
    """The caller's subscriptions, and the channels of this installation: channel -> what its address is."""

    items: list[SubscriptionOut]
    channels: dict[str, str] = Field(examples=[{"webhook": "url", "email": "email"}])


class MessageOut(BaseModel):
    """A message. last_error: why it was not sent last: http_503, timeout, refused_address, redirected ...; held_back while its recipient
    had as many within the hour as the settings allow. forgotten_at: when its text and address were removed; they are empty since."""

    message_id: str = Field(examples=["m-1042-7"])
    subscription_id: int
    case_id: int | None
    kind: str
    channel: str
    address: str
    subject: str
    body: str
    state: State
    attempts: int
    next_at: datetime | None
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None
    forgotten_at: datetime | None


class MessagesOut(BaseModel):
    """A page of messages, newest first. next: the cursor of the next page."""

    items: list[MessageOut]
    next: int | None


class TemplateAsked(Asked):
    """A text with placeholders: {tracking_number}, {state} ... (the list is in GET /api/v1/templates)."""

    subject: Line = Field(max_length=200)
    body: Paragraphs = Field(max_length=4000)


class TemplateOut(BaseModel):
    """A text. kind: of an event, `stage:<name>`, or `*` for any. version: 0 came with the program."""

    audience: Literal["reporter", "staff"]
    kind: str
    language: str
    version: int
    subject: str
    body: str


class TemplatesOut(BaseModel):
    """The texts in force, and what may stand in them."""

    items: list[TemplateOut]
    placeholders: list[str]
    kinds: list[str]
