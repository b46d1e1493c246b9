"""The wire of posts, persons, absences, visits and patrols. A person's own number is masked wherever persons are listed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from geo_service.api.instants import Instant
from geo_service.api.texts import Line, Masked, Paragraphs

LARGEST_ID = 2**63 - 1
_Phone = r"^\+?[0-9][0-9 \-]{1,18}$"


class Strict(BaseModel):
    """A request: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class PostIn(Strict):
    """A new post: a duty of a role for an area."""

    role: Line = Field(max_length=30, examples=["micro_grid_leader"])
    area_code: Line = Field(max_length=32)
    agency_code: Line | None = Field(None, max_length=40)
    duty_phone: Line | None = Field(None, max_length=20, description="public; of the dedicated range where the role has one")


class PersonIn(Strict):
    """A new person."""

    name: Line = Field(max_length=60)
    party_member: bool = False
    phone: str | None = Field(None, pattern=_Phone, description="the person's own number, masked in lists")


class AppointIn(Strict):
    """Who takes a post, and from when (now, where it is left out)."""

    person_id: int = Field(ge=1, le=LARGEST_ID)
    from_at: Instant | None = None
    full_time: bool = True


class SuccessorIn(Strict):
    """Who takes over the open cases: a person, who is put on the same post, or another post."""

    person_id: int | None = Field(None, ge=1, le=LARGEST_ID)
    post_id: int | None = Field(None, ge=1, le=LARGEST_ID)


class LeaveIn(Strict):
    """When a post ends or a person goes (now, where it is left out; never later), why, and who takes over."""

    at: Instant | None = None
    reason: Paragraphs = Field(min_length=1, max_length=1000)
    successor: SuccessorIn | None = None


class RelieveIn(LeaveIn):
    """Who leaves a post."""

    person_id: int = Field(ge=1, le=LARGEST_ID)


class AbsenceIn(Strict):
    """When a person is away, and who stands in: a person, or whoever holds a post then; nobody: reports climb the ladder."""

    from_at: Instant
    until_at: Instant | None = None
    reason: Line = Field(max_length=20, description="leave | sick | training | duty | secondment | other")
    stand_in_person_id: int | None = Field(None, ge=1, le=LARGEST_ID)
    stand_in_post_id: int | None = Field(None, ge=1, le=LARGEST_ID)


class EndIn(Strict):
    """When the person is back; now, where it is left out."""

    at: Instant | None = None


class RangeIn(Strict):
    """Numbers that posts of a role may have."""

    role: Line = Field(max_length=30)
    first: Line = Field(max_length=20, examples=["0100-0100000"])
    last: Line = Field(max_length=20, examples=["0100-0199999"])


class RangesIn(Strict):
    """All dedicated ranges; a role without one takes any number."""

    ranges: list[RangeIn] = Field(max_length=200)


class VisitIn(Strict):
    """A linked leader's visit to a micro-grid. corrects: the entry this one takes the place of."""

    person_id: int = Field(ge=1, le=LARGEST_ID)
    area_code: Line = Field(max_length=32)
    visited_at: Instant
    found: Paragraphs = Field(min_length=1, max_length=4000)
    follow_up: Paragraphs | None = Field(None, min_length=1, max_length=4000)
    corrects: int | None = Field(None, ge=1, le=LARGEST_ID)


class QuotaIn(Strict):
    """From a day on, so many visits a month are asked for each linked grid."""

    from_on: date
    per_month: FiniteFloat = Field(ge=0, le=100)


class PatrolCaseIn(Strict):
    """What the case says. description: the observation's text, where it is left out. resolved: what was done on the spot."""

    category: Line | None = Field(None, max_length=60, examples=["gb47678:matter:06010"])
    urgency: Literal["normal", "urgent", "emergency"] = "normal"
    description: Paragraphs | None = Field(None, min_length=1, max_length=10_000)
    resolved: Paragraphs | None = Field(None, min_length=1, max_length=2000)


class PatrolIn(Strict):
    """An observation. step: look | ask | record | resolve (看问记化). case: makes a case of it in the same call."""

    post_id: int = Field(ge=1, le=LARGEST_ID)
    step: Literal["look", "ask", "record", "resolve"] = "look"
    text: Paragraphs = Field(min_length=1, max_length=10_000)
    lon: FiniteFloat
    lat: FiniteFloat
    datum: str | None = Field(None, max_length=10, description="wgs84 | cgcs2000 | gcj02 | bd09; required, never assumed")
    accuracy_m: FiniteFloat | None = Field(None, gt=0, le=50_000)
    observed_at: Instant | None = None
    case: PatrolCaseIn | None = None


class BodyIn(Strict):
    """Who stands for a compound from an instant on; name null: nobody does."""

    kind: Line = Field(max_length=20, description="owners_committee | party_organisation | property_firm")
    name: Line | None = Field(max_length=100)
    from_at: Instant | None = None


class HoldingOut(BaseModel):
    """Who holds or held a post, half open."""

    person_id: int
    name: str
    from_at: datetime
    until_at: datetime | None
    full_time: bool


class PostOut(BaseModel):
    """A post with everybody who ever held it, and who is there for it at the instant asked for; why: where a stand-in is."""

    post_id: int
    role: str
    title: str
    area: dict[str, str | None]
    area_gone: bool = Field(description="the generation in force has no such area: the post is not used until it is moved or retired")
    agency_code: str | None
    agency: str | None
    duty_phone: str | None
    retired_at: datetime | None
    present: dict[str, Any] | None
    why: str | None
    holders: list[HoldingOut]


class PersonOut(BaseModel):
    """A person; phone is masked in lists."""

    person_id: int
    name: str
    party_member: bool
    phone: str | None
    left_at: datetime | None


class AbsenceOut(BaseModel):
    """When somebody is away, why, and who stands in."""

    absence_id: int
    person_id: int
    name: str
    from_at: datetime
    until_at: datetime | None
    reason: str
    reason_text: str
    stand_in_person_id: int | None
    stand_in_name: str | None
    stand_in_post_id: int | None


class MovedOut(BaseModel):
    """The open cases that went to the successor."""

    moved_cases: list[int]


class VisitOut(BaseModel):
    """An entry of the ledger. corrected: another entry takes its place."""

    visit_id: int
    person_id: int
    name: str
    post_id: int
    area_code: str
    visited_at: datetime
    found: Masked
    follow_up: Masked | None
    corrects: int | None
    recorded_at: datetime
    actor: str


class SummaryOut(BaseModel):
    """A leader's visits of a period against what the quota asks for."""

    person_id: int
    name: str
    grids: int
    visits: int
    micro_grids: int
    follow_ups: int
    required: float
    missing: float
    list: str = Field(examples=["/api/v1/visits?person=1&from=...&to=..."])


class PatrolOut(BaseModel):
    """An entry of the patrol log."""

    patrol_id: int
    post_id: int
    title: str
    name: str | None
    step: str
    text: Masked
    lon: float
    lat: float
    area_code: str | None
    observed_at: datetime
    case_id: int | None


class TurnedOut(BaseModel):
    """The entry, and the case it became, if any."""

    patrol_id: int
    case_id: int | None
    tracking_number: str | None
    state: str | None
    area_code: str | None


class PageOut(BaseModel):
    """How many match in all. next: send it as `after` for the following page, null on the last."""

    total: int
    next: int | None


class PostsOut(PageOut):
    """A page of posts."""

    items: list[PostOut]


class PersonsOut(PageOut):
    """A page of persons."""

    items: list[PersonOut]


class AbsencesOut(PageOut):
    """A page of absences."""

    items: list[AbsenceOut]


class VisitsOut(PageOut):
    """A page of the ledger of visits."""

    items: list[VisitOut]


class PatrolsOut(PageOut):
    """A page of the patrol log."""

    items: list[PatrolOut]


class AgenciesOut(PageOut):
    """A page of agencies."""

    items: list[dict[str, Any]]


class CountOut(BaseModel):
    """How many lack it, of how many; list: where they are named."""

    kind: str
    label: str
    missing: int
    total: int
    share: float | None
    list: str


class CoverageLine(BaseModel):
    """An area and its counts."""

    code: str
    level: str
    name: str
    counts: list[CountOut]


class OrphanOut(BaseModel):
    """A post that stands for an area which does not exist."""

    post_id: int
    role: str
    title: str
    level: str
    code: str


class CoverageOut(BaseModel):
    """Where nobody stands. note: the same in words, also when there is nothing to tell. orphaned: posts of the whole city, whatever part
    was asked for, whose area the generation does not have."""

    generation: int
    at: datetime
    note: str
    whole: CoverageLine
    items: list[CoverageLine]
    orphaned: list[OrphanOut]


class GapOut(BaseModel):
    """An area that lacks something. inside: the areas above it by level."""

    code: str
    level: str
    name: str
    inside: dict[str, str]


class GapsOut(BaseModel):
    """The list behind a number. next: send it as `after` for the following page."""

    kind: str
    label: str
    total: int
    note: str
    items: list[GapOut]
    next: str | None
