"""Findings with a place in lon/lat, and the measures that tell a sliver from a real piece of land."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.checks.coverage import Coverage
from boundaries.geometry import to_lonlat
from boundaries.model import Defect, Severity

__all__ = ["SEVERITY_ORDER", "SLIVER_WIDTH_M", "Rule", "finding", "mean_width_m", "polygons_in"]

SEVERITY_ORDER: Final[tuple[Severity, ...]] = ("error", "warning", "info")
SLIVER_WIDTH_M: Final = 1.0
"""Narrower pieces are called slivers: a slip of the hand rather than a decision."""


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
    )


def polygons_in(geom: Any) -> NDArray[np.object_]:
    """The polygons of any shape, collections taken apart, empty ones left out."""
    parts = shapely.get_parts(shapely.get_parts(np.atleast_1d(np.asarray(geom, dtype=object))))
    kept: NDArray[np.object_] = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]
    return kept


def mean_width_m(polygon: Any) -> float:
    """The width of the rectangle with the polygon's area and outline length: exact for strips, half the side of a square for a square."""
    length = float(shapely.length(polygon))
    return 2.0 * float(shapely.area(polygon)) / length if length else 0.0
