"""Where facilities lie: found from their points in the generation in force, never typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from boundaries.model import AreaVersion
from geo_service.errors import NotFoundError, RequestError
from geo_service.published import Published

_UP = ("community", "street", "district", "city")
"""What stands at a level that is not on the ladder, or where its level is missing, belongs to the finest of these."""


def areas_of(published: Published, *, lons: Sequence[float], lats: Sequence[float]) -> list[dict[str, str]]:
    """{level: code} of every area that holds each point (WGS-84), finest first; {} outside the city."""
    if not len(lons):
        return []
    positions = published.index.locate_many(lons=np.array(lons, dtype=np.float64), lats=np.array(lats, dtype=np.float64)).tolist()
    kept: dict[int, dict[str, str]] = {-1: {}}
    for position in positions:
        if position not in kept:
            kept[position] = {area.level: area.code for area in published.chain(published.leaves[position])}
    return [kept[position] for position in positions]


def home_of(areas: Mapping[str, str], level: str | None) -> str | None:
    """The code of the area that a facility of a level belongs to."""
    return areas.get(level or "") or next((areas[up] for up in _UP if up in areas), None)


def with_areas(published: Published, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with `areas` and the `area_code` of today; what lies outside every area keeps the code it had."""
    found = areas_of(published, lons=[row["lon"] for row in rows], lats=[row["lat"] for row in rows])
    return [
        row | {"areas": areas, "area_code": home_of(areas, row["level"]) or row["area_code"]}
        for row, areas in zip(rows, found, strict=True)
    ]


def inside(rows: Sequence[dict[str, Any]], area: AreaVersion | None) -> list[dict[str, Any]]:
    """Those of the rows that lie in an area; all for None."""
    return [row for row in rows if area is None or row["areas"].get(area.level) == area.code]


def known(published: Published, code: str) -> AreaVersion:
    """The area of a code. NotFoundError without one."""
    area = published.by_code.get(code)
    if area is None:
        raise NotFoundError("area_not_found", en="there is no area {place_code}", zh="没有代码为 {place_code} 的区域", place_code=code[:40])
    return area


_compounds: dict[str, frozenset[str]] = {}


def check_compound(published: Published, code: object) -> None:
    """RequestError for the code of a compound that there is not; any will do while no compound was drawn."""
    key = f"{published.number}:{published.generation.content_hash}"
    if key not in _compounds:
        _compounds.clear()
        _compounds[key] = frozenset(area.code for area in published.areas.values() if area.level == "compound")
    codes = _compounds[key]
    if code and codes and code not in codes:
        raise RequestError(
            "unknown_compound",
            en="there is no compound {said}",
            zh="没有编码为 {said} 的小区",
            said=str(code)[:40],
            field="attributes.compound_code",
        )


def check_codes(published: Published, codes: Sequence[str]) -> None:
    """RequestError that names the first code of an area served which no area has."""
    for code in codes:
        if code not in published.by_code:
            raise RequestError("unknown_area", en="there is no area {said}", zh="没有代码为 {said} 的区域", said=code[:40], field="serves")
