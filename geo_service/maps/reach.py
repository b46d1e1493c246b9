"""The map of reach: how far households have to go to a service centre or station, in a straight line."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sqlalchemy import Connection

import map_ui.views
from geo_service.api.wiring import Wiring
from geo_service.facilities import Wanted, all_facilities, find_facilities, kinds
from geo_service.flows.facilities.places import areas_of, known
from geo_service.flows.facilities.reach import DISTANCES_M, Line, Reach, measure
from geo_service.maps.drawing import ground_of, heading_of, level_names
from geo_service.maps.frames import FACILITY_COLUMNS, areas_frame, inside
from geo_service.published import Published
from geo_service.scope import Scope
from map_ui.views import Within

MOST_FAR = 20_000
"""Addresses drawn that lie beyond the shortest distance, the farthest first: a page stays below 3 MB."""
FAR_COLUMNS = ("lon", "lat", "households", "distance_m", "band", "area")


def reach_map(
    wiring: Wiring,
    connection: Connection,
    *,
    language: str,
    scope: Scope,
    level: str = "community",
    kind: str | None = None,
    distances_m: tuple[int, ...] = DISTANCES_M,
    area: str | None = None,
) -> str:
    """The page: areas of a level by the share of households within each distance, circles, and the households beyond the first one.

    NotFoundError for an unknown area; RequestError for another level.
    """
    published = wiring.published.current()
    top = known(published, area) if area is not None else None
    distances_m = distances_m[:3]
    rows = find_facilities(connection, Wanted(kind=kind))
    made = measure(connection, published, rows, level=level, distances_m=distances_m, area=top)
    ranks = {one.name: one.rank for one in published.city.ladder}
    wanted = [name for name, rank in ranks.items() if (rank or 0) <= (ranks[level] or 0)]
    frame = areas_frame(
        connection, published, chosen=inside(published, area), at=wiring.clock.now(), language=language, scope=scope, levels=wanted
    )
    chosen = {row["facility_id"] for row in rows}
    shown = [row for row in all_facilities(connection) if row["facility_id"] in chosen]
    places = pd.DataFrame([{name: row[name] for name in FACILITY_COLUMNS} for row in shown], columns=FACILITY_COLUMNS)
    far, left_out = _far(published, made)
    view = map_ui.views.reach(
        frame,
        [_within(made, at) for at in range(len(made.distances_m))],
        facilities=places.assign(facility_id=places["facility_id"].astype(str)),
        far=far,
        heading=heading_of(wiring, published, area),
        note={spoken: _note(made, kind, left_out, spoken) for spoken in ("zh-CN", "en")},
        ground=ground_of(wiring, frame, area),
        level_names=level_names(published),
    )
    return map_ui.views.render(view, language)


def _within(made: Reach, at: int) -> Within:
    lived = [line for line in made.lines if line.households]
    shares = {line.code: 100 * line.within[at] / line.households for line in lived}
    texts = {line.code: f"{shares[line.code]:.1f}% ({line.within[at]:,}/{line.households:,})" for line in lived}
    return Within(made.distances_m[at], shares, texts)


def _far(published: Published, made: Reach) -> tuple[pd.DataFrame, int]:
    """(the addresses beyond the shortest distance, the farthest first; how many households of such addresses are not drawn)."""
    away = made.away_m
    beyond = np.flatnonzero((away > made.distances_m[0]) & (made.households > 0) & np.isfinite(away))
    beyond = beyond[np.argsort(-away[beyond], kind="stable")]
    drawn, hidden = beyond[:MOST_FAR], beyond[MOST_FAR:]
    areas = areas_of(published, lons=made.lons[drawn].tolist(), lats=made.lats[drawn].tolist())
    columns = {
        "lon": made.lons[drawn],
        "lat": made.lats[drawn],
        "households": made.households[drawn],
        "distance_m": away[drawn],
        "band": np.searchsorted(made.distances_m, away[drawn], side="left") - 1,
        "area": [_name(published, one) for one in areas],
    }
    return pd.DataFrame(columns, columns=FAR_COLUMNS), int(made.households[hidden].sum())


def _name(published: Published, areas: Mapping[str, str]) -> str:
    code = areas.get("community") or areas.get("street") or areas.get("district")
    found = published.by_code.get(code or "")
    return found.name if found else "–"


def _note(made: Reach, kind: str | None, left_out: int, language: str) -> str:
    chinese = language.startswith("zh")
    named = kinds().get(kind or "")
    what = (named.zh if chinese else named.en) if named else ("全部设施" if chinese else "all places")
    said = [f"{what}：{made.facilities:,} 处" if chinese else f"{what}: {made.facilities:,}", _share(made.whole, made, chinese=chinese)]
    said.append("按地址表户数，直线距离" if chinese else "households of the address table, straight lines")
    if left_out:
        said.append(f"另有 {left_out:,} 户未画出" if chinese else f"{left_out:,} more households are not drawn")
    return " · ".join(said)


def _share(line: Line, made: Reach, *, chinese: bool) -> str:
    parts = [
        f"{metres} {'米' if chinese else 'm'} {'–' if share is None else format(share, '.1%')}"
        for metres, share in zip(made.distances_m, line.shares(), strict=True)
    ]
    total = f"共 {line.households:,} 户" if chinese else f"of {line.households:,} households"
    return "、".join(parts) + f"（{total}）" if chinese else ", ".join(parts) + f" ({total})"
