"""The areas that a question about people means: one by its code, everything below it, the place of a compound."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import shapely
from sqlalchemy import Connection

from boundaries.geometry import to_lonlat
from boundaries.model import AreaVersion
from boundaries.store.repository import generation_at
from geo_service.errors import NotFoundError, RequestError
from geo_service.published import Holder, Published
from geo_service.scope import Scope

COMPOUND = "compound"


def answering(holder: Holder, connection: Connection, *, number: int | None, at: datetime | None) -> Published:
    """The generation asked for by number, or in force at an instant, or in force now."""
    if number is not None and at is not None:
        raise RequestError("two_generations", en="say generation or at, not both", zh="generation 与 at 只能给出一个", field="at")
    if number is not None:
        return holder.of(connection, number)
    return holder.current() if at is None else holder.of(connection, generation_at(connection, at).number)


def known_area(published: Published, code: str) -> AreaVersion:
    """The area of a code; the coarsest, where several levels bear it. NotFoundError without one."""
    area = published.by_code.get(code)
    if area is None:
        raise area_not_found(code)
    return area


def area_not_found(code: str) -> NotFoundError:
    """The refusal of a code that no area has, or none within the caller's reach."""
    return NotFoundError("area_not_found", en="there is no area {place_code}", zh="没有代码为 {place_code} 的区域", place_code=code[:40])


def area_of_levels(published: Published, code: str, levels: Sequence[str]) -> AreaVersion:
    """The area of a code, of one of these levels if there is one. RequestError names the field where the code is unknown."""
    bearing = [area for area in published.areas.values() if area.code == code]
    if not bearing:
        raise RequestError("unknown_area", en="there is no area {said}", zh="没有代码为 {said} 的区域", said=code[:40], field="area_code")
    return next((area for area in bearing if area.level in levels), bearing[0])


def subtree(published: Published, top: AreaVersion | None) -> list[AreaVersion]:
    """The area and everything on the ladder below it; every area when top is None."""
    if top is None:
        return list(published.areas.values())
    children: dict[int, list[AreaVersion]] = {}
    for area in published.areas.values():
        if area.parent_id is not None:
            children.setdefault(area.parent_id, []).append(area)
    found, todo = [top], [top.area_id]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += [area.area_id for area in below]
    return found


def codes_below(published: Published, code: str | None, scope: Scope) -> list[str] | None:
    """The codes of an area (None: the city) and all below it that the scope reaches; None where that is every area.

    NotFoundError for an unknown one. What a scope reaches by categories or an owner are cases, not places.
    """
    asked = None if code is None else [area.code for area in subtree(published, known_area(published, code))]
    if scope.everything:
        return asked
    tops = (published.by_code.get(reach.area_code) for reach in scope.reaches if reach.area_code and reach.categories is None)
    reached = {area.code for top in tops if top is not None for area in subtree(published, top)}
    return sorted(reached) if asked is None else [one for one in asked if one in reached]


_kept: dict[str, dict[int, AreaVersion]] = {}


def compound_homes(published: Published) -> dict[int, AreaVersion]:
    """area_id of each compound -> the leaf that holds a point inside it: there it counts, also where it lies in several areas.

    A compound outside every leaf is left out. Kept for the generation that was asked for last.
    """
    key = f"{published.number}:{published.generation.content_hash}"
    if key not in _kept:
        found = [area for area in published.areas.values() if area.level == COMPOUND and area.geometry is not None]
        homes: dict[int, AreaVersion] = {}
        if found:
            inner = shapely.point_on_surface(np.array([area.geometry for area in found], dtype=object))
            lons, lats = shapely.get_coordinates(to_lonlat(inner, published.city.metric_crs)).T
            positions = published.index.locate_many(lons=lons, lats=lats).tolist()
            homes = {area.area_id: published.leaves[at] for area, at in zip(found, positions, strict=True) if at >= 0}
        _kept.clear()
        _kept[key] = homes
    return _kept[key]
