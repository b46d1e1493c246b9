"""Rules, and findings with a place in lon/lat."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from boundaries.checks.coverage import Coverage
from boundaries.geometry import to_lonlat
from boundaries.model import Defect, Severity

__all__ = ["SEVERITY_ORDER", "Rule", "finding"]

SEVERITY_ORDER: Final[tuple[Severity, ...]] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its stable name, what it looks for in two languages, and the function that looks."""

    name: str
    en: str
    zh: str
    check: Callable[[Coverage], list[Defect]]


def finding(
    coverage: Coverage,
    rule: str,
    severity: Severity,
    rows: Iterable[int],
    place: Any,
    *,
    en: str,
    zh: str,
    size: float = 0.0,
    unit: Literal["m2", "m", "count"] = "count",
    repair: Mapping[str, Any] | None = None,
) -> Defect:
    """A Defect about some rows; place in metres of the coverage (None for nowhere) is turned to lon/lat, size rounded to 3 decimals."""
    return Defect(
        rule=rule,
        severity=severity,
        areas=tuple(coverage.label(int(row)) for row in rows),
        place=None if place is None else to_lonlat(place, coverage.metric_crs),
        message=en,
        message_zh=zh,
        size=round(float(size), 3),
        unit=unit,
        repair=repair,
    )
