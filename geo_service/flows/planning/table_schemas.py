"""The wire of the planner's table: what a screen needs of a draft, piece by piece."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from geo_service.flows.planning.schemas import OpenCases, Strict


class TableArea(BaseModel):
    """An area of a draft at its head. geometry: of a leaf that owns a face, in lon/lat with 9 decimals, the same number wherever two
    areas share a vertex; null for parents and for sharers of a face. answers: who holds its post now."""

    key: int
    level: str
    code: str
    name: str
    kind: str
    parent: int | None
    households: int
    shares_face_of: int | None
    answers: str | None
    geometry: dict[str, Any] | None


class DraftAreasOut(BaseModel):
    """Leaves of a draft in a box, sharers of their faces, and all that is above them. left_off: leaves that were too many."""

    draft_id: int
    head: int
    leaves: list[TableArea]
    above: list[TableArea]
    left_off: int


class StepDone(BaseModel):
    """An operation of a draft. names: of the areas it meant (the first few of `count`). state: whether it holds, or was taken back;
    undo and redo themselves are steps, too."""

    sequence: int
    kind: str
    names: list[str]
    count: int
    state: Literal["holds", "taken_back", "step"]
    client_id: str
    actor: str
    at: datetime


class StepsOut(BaseModel):
    """Everything that was done in a draft, oldest first."""

    draft_id: int
    head: int
    can_undo: bool
    can_redo: bool
    items: list[StepDone]


class CheckOut(BaseModel):
    """The whole draft proven and checked at its head. holds: every border fits on both sides, by both proofs. items: the gravest of
    `total` findings, with the operations of their proposed repair."""

    draft_id: int
    head: int
    holds: bool
    proof: dict[str, Any]
    total: int
    counts: dict[str, int]
    items: list[dict[str, Any]]


class DraftPatch(Strict):
    """What is to be changed about a draft; abandoned ends it, its history stays."""

    title: str | None = Field(None, min_length=1, max_length=200)
    open_cases: OpenCases | None = None
    status: Literal["abandoned"] | None = None
