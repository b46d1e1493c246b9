"""How many households live within so many metres of a facility, area by area: counted from the address table, in a straight line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from shapely import STRtree, points
from sqlalchemy import Connection

from boundaries.model import AreaVersion
from geo_service.errors import RequestError
from geo_service.flows.facilities.nearest import metres
from geo_service.geocoding.tables import address
from geo_service.published import Published

DISTANCES_M = (300, 500, 1000)
MOST_DISTANCES = 6
LONGEST_M = 50_000


@dataclass(frozen=True, slots=True)
class Line:
    """An area: its households, how many of them within each distance, and the households' mean distance (None without any)."""

    code: str
    name: str
    households: int
    within: tuple[int, ...]
    mean_m: float | None

    def shares(self) -> list[float | None]:
        """The share of its households within each distance; None where it has none."""
        return [count / self.households if self.households else None for count in self.within]


@dataclass(frozen=True, slots=True)
class Reach:
    """lines: areas of the level by code. whole: all that was asked for. outside: addresses in no area of the level; both sum up to whole.

    away_m, households, lons, lats: of every address asked for, away_m inf where there is no facility at all. addresses: in the table.
    """

    level: str
    distances_m: tuple[int, ...]
    facilities: int
    whole: Line
    lines: tuple[Line, ...]
    outside: Line
    away_m: NDArray[np.float64]
    households: NDArray[np.int64]
    lons: NDArray[np.float64]
    lats: NDArray[np.float64]


def distances_of(text: str | None) -> tuple[int, ...]:
    """Distances in metres from '300,500,1000', ascending. RequestError for what is none."""
    if text is None:
        return DISTANCES_M
    parts = [part.strip() for part in text.replace("，", ",").split(",")]
    if not all(part.isascii() and part.isdigit() and len(part) <= 6 and 1 <= int(part) <= LONGEST_M for part in parts):
        raise _bad_distances()
    found = tuple(sorted({int(part) for part in parts}))
    if not 1 <= len(found) <= MOST_DISTANCES:
        raise _bad_distances()
    return found


def measure(
    connection: Connection,
    published: Published,
    rows: Sequence[dict[str, Any]],
    *,
    level: str,
    distances_m: tuple[int, ...] = DISTANCES_M,
    area: AreaVersion | None = None,
) -> Reach:
    """How far the households have to go to the nearest of these facilities (rows with lon, lat), for the areas of a level.

    A household counts for the area that holds its address; in a tower that micro-grids share, for the one its address names.
    Facilities outside of `area` count too: people cross borders. RequestError for a level that the city does not have.
    """
    _check_level(published, level)
    table = _addresses(connection)
    lons, lats, households = (np.array([row[at] for row in table], dtype=kind) for at, kind in ((0, "f8"), (1, "f8"), (2, "i8")))
    chains = _chains(published, lons, lats, [row[3] for row in table])
    if area is not None:
        kept = np.array([area.code == chain.get(area.level) for chain in chains], dtype=bool)
        lons, lats, households = lons[kept], lats[kept], households[kept]
        chains = [chain for chain, keep in zip(chains, kept.tolist(), strict=True) if keep]
    away = _away(published, rows, lons=lons, lats=lats)
    codes = np.array([chain.get(level, "") for chain in chains], dtype=object)
    wanted = {one.code: one.name for one in published.areas.values() if one.level == level and _within(published, one, area)}
    index = {code: at for at, code in enumerate(sorted(wanted))}
    group = np.array([index.get(code, len(index)) for code in codes], dtype=np.int64)
    size = len(index) + 1
    total = np.bincount(group, households, size)
    within = np.array([np.bincount(group[away <= limit], households[away <= limit], size) for limit in distances_m])
    walked = np.bincount(group, households * np.where(np.isfinite(away), away, 0), size)

    def line(code: str, name: str, picked: Any) -> Line:
        lives = int(total[picked].sum())
        mean = float(walked[picked].sum() / lives) if lives and len(rows) else None
        return Line(code, name, lives, tuple(int(one[picked].sum()) for one in within), mean)

    top = area.name if area is not None else published.city.name
    return Reach(
        level,
        distances_m,
        len(rows),
        line(area.code if area is not None else "", top, slice(None)),
        tuple(line(code, wanted[code], slice(at, at + 1)) for code, at in index.items()),
        line("", "", slice(size - 1, size)),
        away,
        households,
        lons,
        lats,
    )


def _addresses(connection: Connection) -> Sequence[Any]:
    t = address.c
    return connection.execute(sa.select(t.lon, t.lat, t.households, t.micro_grid_code).order_by(t.address_id)).all()


def _chains(
    published: Published, lons: NDArray[np.float64], lats: NDArray[np.float64], named: Sequence[str | None]
) -> list[dict[str, str]]:
    """{level: code} around every address. What shares a face is told apart by the micro-grid that the address names."""
    kept: dict[tuple[int, str | None], dict[str, str]] = {}
    found = []
    for position, name in zip(published.index.locate_many(lons=lons, lats=lats).tolist(), named, strict=True):
        sharing = position >= 0 and position in published.lookup.sharers
        key = (position, name if sharing else None)
        if key not in kept:
            leaf = published.leaves[position] if position >= 0 else None
            for other in published.lookup.sharers.get(position, ()) if sharing else ():
                leaf = other if other.code == name else leaf
            kept[key] = {} if leaf is None else {one.level: one.code for one in published.chain(leaf)}
        found.append(kept[key])
    return found


def _away(
    published: Published, rows: Sequence[dict[str, Any]], *, lons: NDArray[np.float64], lats: NDArray[np.float64]
) -> NDArray[np.float64]:
    away = np.full(len(lons), np.inf)
    if rows and len(lons):
        tree = STRtree(points(metres(published, lons=[row["lon"] for row in rows], lats=[row["lat"] for row in rows])))
        pairs, distances = tree.query_nearest(points(metres(published, lons=lons, lats=lats)), return_distance=True, all_matches=False)
        away[pairs[0]] = distances
    return away


def _within(published: Published, one: AreaVersion, area: AreaVersion | None) -> bool:
    return area is None or any(up.area_id == area.area_id for up in published.chain(one))


def _check_level(published: Published, level: str) -> None:
    ladder = [one.name for one in published.city.ladder]
    if level not in ladder:
        known = ", ".join(ladder)
        raise RequestError("unknown_level", en="level is one of {known}", zh="层级应为：{known}", known=known, field="level")


def _bad_distances() -> RequestError:
    return RequestError(
        "bad_distances",
        en="distances are up to six whole metres, such as 300,500,1000",
        zh="距离应为不超过六个整数（米），如 300,500,1000",
        field="distances",
    )
