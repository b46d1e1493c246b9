"""What a draft allows: smallest area, what happens to a parent that falls apart, how far an end of a line may be pulled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Policy"]


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of a draft.

    min_area_m2: no leaf may become smaller. contiguity: `warn` reports a parent that an operation tears apart, `refuse` forbids it.
    allow_outline: vertices on the rim of the city may move, and a lasso may take in land of nobody. outline_drift_m2: what rounding to
    1 mm may move the rim in one operation; draft_drift_m2: in all operations of a draft together. snap_m: an end of a line this near to
    a vertex means the vertex. reach_m: an end this near to a border is pulled across it. material_m2: a leaf that lost or won less is
    touched, not changed. locked: keys of areas; nothing under them may change.
    """

    min_area_m2: float = 50.0
    contiguity: Literal["warn", "refuse"] = "warn"
    allow_outline: bool = False
    outline_drift_m2: float = 0.05
    draft_drift_m2: float = 0.1
    snap_m: float = 0.5
    reach_m: float = 2.0
    material_m2: float = 0.05
    locked: frozenset[int] = frozenset()
