"""Deciding where a report goes: the point, the address, and what to do when they disagree.

- A point in a leaf decides, unless the address names one building or stairwell of another leaf that is plausible within the
  point's accuracy (or shares its tower): then the address does, for phone positions miss a micro-grid more often than numbers do.
- A point and an address that contradict each other keep the point's leaf and are asked about.
- Without a point in a leaf the address decides, at the level it was understood to and no deeper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from boundaries.model import AreaVersion, Verdict
from boundaries.store.lookup import Location
from geo_service.api.answers import candidate_values
from geo_service.geocoding import Match
from geo_service.published import Published

EXACT = ("stairwell", "building")
LISTED = 20


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a report goes. area: None when nothing was understood; rule: point | address | point+address | none."""

    verdict: Verdict
    rule: str
    area: AreaVersion | None
    candidates: list[dict[str, Any]]
    address_level: str | None


def decide(published: Published, found: Location | None, matches: list[Match]) -> Decision:
    """The decision for a located point (None without one) and the matches of the address text (empty without one)."""
    best = matches[0] if matches else None
    level = best.level if best else None
    named = _leaves(published, best) if best else []
    sole = named[0] if best and best.level in EXACT and len(named) == 1 and _unrivalled(matches) else None
    listed = [candidate_values(located) for located in found.candidates] if found else []
    if found is not None and found.area is not None:
        return _with_point(found, found.area, sole, listed, level)
    if sole is not None:
        return Decision("ask" if found else "certain", "address", sole, [*listed, _values(sole)], level)
    if best is not None:
        area = _common(published, named) if named else published.by_code.get(best.area_code)
        return Decision("ask", "address" if area else "none", area, [*listed, *(_values(leaf) for leaf in named[:LISTED])], level)
    return Decision(found.verdict if found else "ask", "none", None, listed, None)


def _with_point(found: Location, area: AreaVersion, sole: AreaVersion | None, listed: list[dict[str, Any]], level: str | None) -> Decision:
    if sole is None:
        return Decision(found.verdict, "point", area, listed, level)
    plausible = any(located.area.area_id == sole.area_id for located in found.candidates)
    if plausible or sole.area_id == area.area_id:
        return Decision("certain", "point+address", sole, listed, level)
    return Decision("ask", "point", area, [*listed, _values(sole)], level)


def _leaves(published: Published, match: Match) -> list[AreaVersion]:
    leaves = [published.by_code[code] for code in match.leaf_codes if code in published.by_code]
    if not leaves and match.lon is not None and match.lat is not None:
        position = published.index.locate(lon=match.lon, lat=match.lat)
        leaves = [published.leaves[position]] if position >= 0 else []
    return leaves


def _unrivalled(matches: list[Match]) -> bool:
    """No second match that the text supports as well as the first."""
    return len(matches) == 1 or (matches[0].agrees, matches[0].level) != (matches[1].agrees, matches[1].level)


def _common(published: Published, leaves: list[AreaVersion]) -> AreaVersion | None:
    """The finest area that holds all these leaves."""
    chains = [published.chain(leaf) for leaf in leaves]
    shared = set.intersection(*({area.area_id for area in chain} for chain in chains))
    return next((area for area in chains[0] if area.area_id in shared), None)


def _values(area: AreaVersion) -> dict[str, Any]:
    return {"code": area.code, "level": area.level, "name": area.name, "probability": None, "distance_m": 0.0}
