"""The wire of evaluation."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

Why = Literal["no_cases", "few_cases", "no_households", "few_households", "no_population", "few_people", "no_workers", "no_data"]


class LoadOut(BaseModel):
    """A load of an area; null with a reason where it would say nothing."""

    value: float | None
    withheld: Why | None


class RateOut(BaseModel):
    """A share of cases, with both numbers and the lists behind them.

    value is null, with a reason in `withheld`, where the denominator is smaller than the yardstick's `small`: such a number says more
    about chance than about work. Both numbers are told all the same.
    """

    name: str = Field(examples=["handled_on_time"])
    label: str
    share_of: str = Field(description="what the denominator counts, in words")
    better: Literal["up", "down"]
    numerator: int
    denominator: int
    value: float | None
    withheld: Why | None
    numerator_cases: str = Field(examples=["/api/v1/cases?area=990101&measure=overdue&from=...&to=...&as_of=..."])
    denominator_cases: str


class LineOut(BaseModel):
    """An area, agency or worker. stars: one to five; score 0..1; rank: 1 is best. All null where too few cases tell anything."""

    key: str = Field(description="code of an area or agency, id of a person; '' for all cases, '-' for those in no other line")
    name: str
    received: int
    received_cases: str
    households: int | None
    population: int | None = Field(description="people in the area, by the population table; null where nobody stated how many")
    population_basis: Literal["stated", "summed", "by_households"] | None
    workers: int | None
    per_thousand_people: LoadOut
    per_thousand_households: LoadOut
    cases_per_worker: LoadOut
    households_per_worker: LoadOut
    score: float | None
    stars: int | None
    rank: int | None
    rates: list[RateOut]


class YardstickOut(BaseModel):
    """By what was judged. version 0 is the one that comes with the program."""

    version: int
    small: int
    small_households: int
    small_people: int
    weights: dict[str, float]
    star_from: list[float]


class RelocatedOut(BaseModel):
    """How past cases were placed by the borders of the generation that was named."""

    by_point: int
    by_record: int
    unplaced: int


class EvaluationOut(BaseModel):
    """The evaluation of cases received in a period, half open, as they stood at `as_of`.

    generation: of the areas that are listed. basis: in words, by which borders cases were counted. whole: all cases. unassigned: those
    that belong to no line. whole = unassigned + the sum of all lines. total: lines in all; a page has `items`; `next` asks for more.
    """

    by: Literal["area", "agency", "worker"]
    level: str
    start: datetime
    end: datetime
    as_of: datetime
    generation: int
    basis: str
    relocated: RelocatedOut | None
    load_per: Literal["people", "households"] | None = Field(description="by what load is told; null for agencies and workers")
    load_basis: str | None = Field(description="the same in words, with the version of the population table")
    yardstick: YardstickOut
    whole: LineOut
    unassigned: LineOut | None
    total: int
    items: list[LineOut]
    next: str | None = Field(description="send it as `after` for the following lines")


class CaseBehind(BaseModel):
    """A case behind a number."""

    case_id: int
    tracking_number: str
    state: str
    category: str | None
    received_at: datetime


class CasesBehindOut(BaseModel):
    """The cases behind a number, newest first."""

    total: int
    items: list[CaseBehind]
    next: int | None
