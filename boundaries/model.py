"""The words of the library as frozen records: levels, areas and their versions, generations, answers, defects.

Geometries are shapely objects. What a geometry's coordinates mean is said field by field: master shapes are metres in the city's
`metric_crs`, everything that leaves the library is WGS-84 lon/lat degrees with 9 decimals.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Verdict = Literal["certain", "ask", "outside", "gap"]
"""certain: one leaf answers · ask: several leaves are plausible · outside: beyond the city · gap: inside it, but in no leaf."""

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Level:
    """A rung of the city's ladder of areas.

    rank: 0 is the city, larger is finer; None stands beside the ladder (compounds overlap grids and do not nest).
    leaf: areas of this level own a shape. code_pattern: regular expression a code must match in full, '' allows any.
    """

    name: str
    rank: int | None
    zh: str
    en: str
    leaf: bool
    code_pattern: str = ""
    shown_from_zoom: float = 0.0


@dataclass(frozen=True, slots=True)
class AreaVersion:
    """One immutable state of an area. `area_id` lives on through every change; `version_id` names this state.

    geometry: metres in the city's metric_crs on the 1 mm grid, for leaves and for levels beside the ladder; None for parents, whose
    shape is the union of their leaves, and for a leaf that shares the face of another (`shares_face_of`, an area_id).
    kind: what the level's own word does not say (subdistrict, town, township, community, village, rest, ...).
    """

    version_id: int
    area_id: int
    level: str
    code: str
    name: str
    kind: str
    parent_id: int | None
    geometry: Any
    households: int
    shares_face_of: int | None
    content_hash: str


@dataclass(frozen=True, slots=True)
class Generation:
    """An explicit list of area versions under one number, for the whole city and all its layers.

    status: imported (checked, not in force) | published (in force now or once). Exactly one published generation is current.
    effective_from / effective_until bound the time in which it was the current one, half open.
    """

    number: int
    parent: int | None
    kind: Literal["import", "draft", "rollback"]
    status: Literal["imported", "published"]
    source: str
    datum: str
    metric_crs: str
    content_hash: str
    created_at: datetime
    published_at: datetime | None
    effective_from: datetime | None
    effective_until: datetime | None
    actor: str
    proof: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A leaf that may hold the true point.

    position: index into the router's codes. probability: 0..1 over all candidates, None where the accuracy is not known.
    distance_m: metres from the given point to the leaf, 0 inside and on its border.
    """

    position: int
    probability: float | None
    distance_m: float


@dataclass(frozen=True, slots=True)
class Defect:
    """A finding about areas that lie badly: which rule, which areas, where, how large.

    place: a geometry in WGS-84 lon/lat. size: in `unit` (m2, m or a count). The id is the same for the same finding in every run.
    repair: what would cure it, {operation, params, changes: {areas, m2}} of plain JSON values; see `boundaries.checks.proposals`.
    """

    rule: str
    severity: Severity
    areas: tuple[str, ...]
    place: Any
    message: str
    message_zh: str
    size: float = 0.0
    unit: Literal["m2", "m", "count"] = "count"
    repair: Mapping[str, Any] | None = field(default=None, compare=False)

    @property
    def defect_id(self) -> str:
        where = self.place.centroid.wkt if self.place is not None and not self.place.is_empty else ""
        return hashlib.sha256("|".join((self.rule, *self.areas, where)).encode()).hexdigest()[:12]

    def text(self, language: str) -> str:
        """The message in the caller's language, as `BoundariesError.text`."""
        return self.message_zh if language.lower().startswith("zh") else self.message
