"""The story of looking up, without HTTP."""

from __future__ import annotations

from datetime import datetime

import shapely
from sqlalchemy import Connection

from boundaries.datum import point_to_wgs84
from boundaries.model import AreaVersion, Generation
from boundaries.store.leaves import parent_shapes
from boundaries.store.lookup import Location
from boundaries.store.lookup import locate as locate_in
from boundaries.store.repository import current_number, generation_at, generations
from geo_service.errors import NotFoundError, RequestError
from geo_service.geocoding import Geocoder, Match, Nearby, Place
from geo_service.published import Holder, Published
from geo_service.workers import Responsible, responsible_for


def answering(holder: Holder, connection: Connection, *, number: int | None, at: datetime | None) -> Published:
    """The generation that answers: the one asked for by number, or in force at an instant, or in force now."""
    if number is not None and at is not None:
        raise RequestError("two_generations", en="say generation or at, not both", zh="generation 与 at 只能给出一个", field="at")
    if number is not None:
        return holder.of(connection, number)
    if at is not None:
        return holder.of(connection, generation_at(connection, at).number)
    return holder.current()


def locate(
    connection: Connection,
    published: Published,
    *,
    lon: float,
    lat: float,
    datum: str | None,
    accuracy_m: float | None,
    certain_from: float,
    now: datetime,
) -> tuple[Location, Responsible | None]:
    """Where a point lies, and who answers for it now."""
    found = locate_in(published.lookup, lon=lon, lat=lat, datum=datum, accuracy_m=accuracy_m, certain_from=certain_from)
    responsible = responsible_for(connection, areas=list(found.areas.items()), at=now) if found.area else None
    return found, responsible


def geocode(geocoder: Geocoder, published: Published, places: list[Place], text: str) -> list[tuple[Match, list[AreaVersion]]]:
    """What an address text may mean, best first, each with the leaves its rows belong to (or the area it names)."""
    found = []
    for match in geocoder.geocode(text, places=places):
        codes = match.leaf_codes or (() if match.lon is not None else (match.area_code,))
        areas = [published.by_code[code] for code in codes if code in published.by_code]
        if not areas and match.lon is not None and match.lat is not None:
            position = published.index.locate(lon=match.lon, lat=match.lat)
            areas = [published.leaves[position]] if position >= 0 else []
        found.append((match, areas))
    return found


def reverse(geocoder: Geocoder, *, lon: float, lat: float, datum: str | None, within_m: float, limit: int) -> list[Nearby]:
    """The addresses nearest to a point."""
    x, y = point_to_wgs84(lon=lon, lat=lat, datum=datum)
    return geocoder.reverse(lon=x, lat=y, within_m=within_m, limit=limit)


def areas_page(
    published: Published, *, level: str | None, parent: str | None, after: str | None, limit: int
) -> tuple[list[AreaVersion], int, str | None]:
    """A page of areas ordered by (code, level), the number that match, and the cursor of the next page."""
    if level is not None and level not in {known.name for known in published.city.levels}:
        raise RequestError(
            "unknown_level", en="level {level} is not one of this city's", zh="本市没有层级 {level}", level=level, field="level"
        )
    inside = published.by_code.get(parent) if parent is not None else None
    if parent is not None and inside is None:
        raise NotFoundError("area_not_found", en="there is no area {area}", zh="没有代码为 {area} 的区域", area=parent)
    rows = sorted(
        (a for a in published.areas.values() if (level is None or a.level == level) and (inside is None or a.parent_id == inside.area_id)),
        key=_cursor,
    )
    rest = [a for a in rows if after is None or _cursor(a) > after]
    page = rest[:limit]
    return page, len(rows), _cursor(page[-1]) if len(rest) > limit else None


def _cursor(area: AreaVersion) -> str:
    return f"{area.code}~{area.level}"


def area_shape(published: Published, code: str) -> tuple[AreaVersion, shapely.Geometry | None]:
    """An area and its shape in WGS-84 lon/lat: a leaf's own, a parent's joined from its leaves."""
    area = published.by_code.get(code)
    if area is None:
        raise NotFoundError("area_not_found", en="there is no area {area}", zh="没有代码为 {area} 的区域", area=code)
    below = [area, *_descendants(published, area)]
    return area, parent_shapes(below, published.city.metric_crs, levels=published.city.levels).get(area.area_id)


def _descendants(published: Published, area: AreaVersion) -> list[AreaVersion]:
    """Everything below an area."""
    children: dict[int, list[AreaVersion]] = {}
    for a in published.areas.values():
        if a.parent_id is not None:
            children.setdefault(a.parent_id, []).append(a)
    found, todo = [], [area.area_id]
    while todo:
        for child in children.get(todo.pop(), ()):
            found.append(child)
            todo.append(child.area_id)
    return found


def all_generations(connection: Connection) -> tuple[list[Generation], int | None]:
    """All generations, newest first, and the number of the one in force."""
    return sorted(generations(connection), key=lambda g: -g.number), current_number(connection)
