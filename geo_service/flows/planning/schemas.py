"""The wire of planning."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from geo_service.api.instants import Instant

OpenCases = Literal["keep", "move", "ask"]


class Strict(BaseModel):
    """A request: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class DraftIn(Strict):
    """A new draft over the generation in force. open_cases: what a publication does with open cases whose area changed."""

    title: str = Field(min_length=1, max_length=200)
    open_cases: OpenCases = "ask"


class OperationIn(Strict):
    """An intent: lines, lassos, vertices and keys in lon/lat, never polygons of areas. client_id: the same one again is done once."""

    client_id: str | None = Field(None, min_length=1, max_length=80)
    operation: dict[str, Any]


class UndoIn(Strict):
    """Takes the last operation back, or does it again."""

    client_id: str | None = Field(None, min_length=1, max_length=80)


class AreaChange(BaseModel):
    """An area that an operation writes. key: its identity (negative: founded by this draft). material: more than a vertex received."""

    key: int
    level: str
    change: Literal["founded", "retired", "reshaped", "touched", "changed"]
    material: bool
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    geometry: dict[str, Any] | None


class ImpactIn(Strict):
    """The operation that is being drawn; without one the whole draft is meant."""

    operation: dict[str, Any] | None = None


class ImpactOut(BaseModel):
    """Who is concerned. counts of everything, the first 200 of each layer by name, loads of both sides, posts of the areas, and posts
    that would have none any more."""

    draft_id: int
    head: int
    counts: dict[str, int]
    moves: dict[str, list[dict[str, Any]]]
    loads: list[dict[str, Any]]
    people: list[dict[str, str]]
    orphans: list[dict[str, Any]] = Field(description="posts whose area would cease: publishing does not move them")
    areas: list[AreaChange]


class ReplayIn(Strict):
    """How far back cases are looked at."""

    days: int = Field(30, ge=1, le=3660)


class ReplayOut(BaseModel):
    """The last days' cases against the draft: how many would have gone elsewhere, and the load of each area and who answers for it."""

    draft_id: int
    days: int
    cases: int
    routed_elsewhere: int
    loads: list[dict[str, Any]]


class LockIn(Strict):
    """Why nothing in an area may be redrawn for now."""

    reason: str = Field(min_length=1, max_length=200)


class LocksOut(BaseModel):
    """The areas in which nothing may be redrawn, with the reason."""

    items: list[dict[str, str]]


class PublishIn(Strict):
    """When the prepared draft comes into force: now, or at an instant."""

    at: Instant | None = None


class DraftOut(BaseModel):
    """A draft. head is its version: send it as If-Match with every operation."""

    draft_id: int
    title: str
    base_generation: int
    status: Literal["open", "review", "published", "abandoned"]
    open_cases: OpenCases
    head: int
    prepared_generation: int | None
    publish_at: datetime | None
    owner: str
    created_at: datetime
    updated_at: datetime
    superseded: bool


class DraftsOut(BaseModel):
    """All drafts, newest first."""

    items: list[DraftOut]


class ChangeOut(BaseModel):
    """What an operation did, or would do in a dry run. geometry: the new shapes in lon/lat with 9 decimals."""

    draft_id: int
    head: int
    dry_run: bool
    operation: dict[str, Any]
    areas: list[AreaChange]
    lineage: list[dict[str, Any]]
    warnings: list[dict[str, Any]]
    can_undo: bool
    can_redo: bool


class PreparedOut(BaseModel):
    """A draft made ready: its generation, its proofs, its defects. Errors bar publishing."""

    draft_id: int
    generation: int
    content_hash: str
    proof: dict[str, Any]
    defects: list[dict[str, Any]]
    publishable: bool


class PublishedOut(BaseModel):
    """A generation that came into force, and what happened to open cases whose area changed."""

    generation: int
    effective_from: datetime | None
    publish_at: datetime | None
    cases_moved: int
    cases_to_ask: int
    cases_kept: int
    followed: dict[str, int] = Field(description="how many posts, grants, addresses, rules, open cases, ... took new codes of their areas")
    posts_orphaned: int = Field(description="posts that stand for an area which this generation ended: move or retire them")


class DiffArea(BaseModel):
    """An area that differs. how: added, retired, reshaped, touched (got vertices), reparented, renamed, recoded, recounted, reshared."""

    key: int
    level: str
    how: list[str]
    material: bool
    moved_m2: float
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    geometry: dict[str, Any] | None


class DiffOut(BaseModel):
    """What differs between two generations."""

    older: int
    newer: int
    areas: list[DiffArea]
    lineage: list[dict[str, Any]]


class StepOut(BaseModel):
    """What became of one operation over the newer base. areas: where the two results differ (then, now)."""

    operation: dict[str, Any]
    result: Literal["identical", "different", "refused"]
    code: str | None
    message: str | None
    areas: list[dict[str, Any]]


class RebasedOut(BaseModel):
    """A draft carried over. verbatim: nothing it touches changed meanwhile. draft: its successor, null in a dry run."""

    verbatim: bool
    steps: list[StepOut]
    draft: DraftOut | None
