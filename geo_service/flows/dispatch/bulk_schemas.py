"""The wire of one action on many cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

MOST_CASES = 200


class BulkCase(BaseModel):
    """A case and the version that was looked at. payload: what is said of this one beside or instead of what is said of all."""

    model_config = ConfigDict(extra="forbid")

    case_id: int = Field(ge=1, le=2**63 - 1)
    version: int = Field(ge=1, le=999_999_999)
    payload: dict[str, Any] = Field(default_factory=dict)


class BulkAsked(BaseModel):
    """One action for many cases."""

    model_config = ConfigDict(extra="forbid")

    action: str = Field(min_length=1, max_length=40, examples=["dispatch"])
    payload: dict[str, Any] = Field(default_factory=dict)
    cases: list[BulkCase] = Field(min_length=1, max_length=MOST_CASES)


class UndoOut(BaseModel):
    """The action that takes it back."""

    action: str
    payload: dict[str, Any]


class BulkItem(BaseModel):
    """What became of one case, or would: state, owner, deadline and version afterwards; or why not. undo: null where nothing does."""

    case_id: int
    tracking_number: str | None
    ok: bool
    version: int | None
    state: str | None
    owner: str | None
    owner_name: str | None
    due_at: datetime | None
    code: str | None
    message: str | None
    undo: UndoOut | None


class BulkOut(BaseModel):
    """Every case that was named, in that order. With dry_run nothing happened."""

    dry_run: bool
    done: int
    refused: int
    undoable: int
    items: list[BulkItem]
