"""The wire of evaluation."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field


class RateOut(BaseModel):
    """A share of cases, with both numbers and the lists behind them. small: over too few cases to judge anybody by."""

    name: str
    label: str
    numerator: int
    denominator: int
    value: float | None
    small: bool
    numerator_cases: str = Field(examples=["/api/v1/cases?area=990101&measure=overdue&from=...&to=..."])
    denominator_cases: str


class LineOut(BaseModel):
    """An area, agency or worker. stars: one to five, null where the cases are too few."""

    key: str
    name: str
    households: int
    received: int
    per_thousand_households: float | None
    stars: int | None
    rates: list[RateOut]


class EvaluationOut(BaseModel):
    """The evaluation of cases received in a period, half open."""

    level: str
    start: datetime
    end: datetime
    items: list[LineOut]
