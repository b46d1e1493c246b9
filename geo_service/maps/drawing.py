"""From a map's name to its page."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import geopandas as gpd
from sqlalchemy import Connection

import map_ui.views
from boundaries.model import AreaVersion
from geo_service.api.wiring import Wiring
from geo_service.errors import NotFoundError
from geo_service.maps.frames import areas_frame, cases_frame, facilities_frame, ground_frames, inside
from geo_service.published import Published
from geo_service.scope import Scope
from map_ui.views import Heading, MapView

NAMES = ("areas", "cases", "facilities")
OUTLINES = ("district", "street", "community", "grid")


def draw(wiring: Wiring, connection: Connection, name: str, *, language: str, scope: Scope, area: str | None = None) -> str:
    """The page of a map in the caller's language, of the whole city or of one area, with the cases that the scope reaches.

    NotFoundError for an unknown name or area.
    """
    published = wiring.published.current()
    if name not in NAMES:
        raise NotFoundError(
            "map_not_found",
            en="there is no map {name}; there are {names}",
            zh="没有名为 {name} 的地图；可用：{names}",
            name=name,
            names=", ".join(NAMES),
        )
    if area is not None and area not in published.by_code:
        raise NotFoundError("area_not_found", en="there is no area {area}", zh="没有代码为 {area} 的区域", area=area)
    chosen = inside(published, area)
    view = {"areas": _areas, "cases": _cases, "facilities": _facilities}[name](wiring, connection, published, chosen, language, area, scope)
    return map_ui.views.render(view, language)


def _areas(
    wiring: Wiring, connection: Connection, published: Published, chosen: list[AreaVersion], language: str, area: str | None, scope: Scope
) -> MapView:
    frame = areas_frame(connection, published, chosen=chosen, at=wiring.clock.now(), language=language, scope=scope)
    ground = ground_of(wiring, frame, area)
    return map_ui.views.areas(frame, heading=heading_of(wiring, published, area), ground=ground, level_names=level_names(published))


def _cases(
    wiring: Wiring, connection: Connection, published: Published, chosen: list[AreaVersion], language: str, area: str | None, scope: Scope
) -> MapView:
    now = wiring.clock.now()
    borders = areas_frame(connection, published, chosen=chosen, at=now, language=language, scope=scope, levels=OUTLINES)
    frame = cases_frame(connection, published, chosen=chosen if area else None, at=now, language=language, scope=scope)
    return map_ui.views.cases(
        frame,
        heading=heading_of(wiring, published, area),
        areas=borders,
        ground=ground_of(wiring, borders, area),
        level_names=level_names(published),
    )


def _facilities(
    wiring: Wiring, connection: Connection, published: Published, chosen: list[AreaVersion], language: str, area: str | None, scope: Scope
) -> MapView:
    borders = areas_frame(connection, published, chosen=chosen, at=wiring.clock.now(), language=language, scope=scope, levels=OUTLINES[:3])
    frame = facilities_frame(connection, codes={a.code for a in chosen} if area else None)
    return map_ui.views.facilities(
        frame,
        heading=heading_of(wiring, published, area),
        areas=borders,
        ground=ground_of(wiring, borders, area),
        level_names=level_names(published),
    )


def ground_of(wiring: Wiring, frame: gpd.GeoDataFrame, area: str | None) -> dict[str, gpd.GeoDataFrame]:
    """The backdrop of a map of the whole city, or of what a frame of one area covers."""
    bounds = None if area is None or not len(frame) else tuple(float(v) for v in frame.total_bounds)
    return ground_frames(wiring.settings.storage.data_dir, whole_city=area is None, bounds=bounds)  # type: ignore[arg-type]  # total_bounds has four values


def heading_of(wiring: Wiring, published: Published, area: str | None) -> Heading:
    """What a page says about itself."""
    zone = ZoneInfo(published.city.timezone)
    name = published.by_code[area].name if area else published.city.name
    made_up = published.generation.source.startswith("demo:")
    zh = "演示数据：真实地名与代码，图形为虚构" if made_up else published.generation.source
    en = "demonstration: real names and codes, made-up shapes" if made_up else published.generation.source
    return Heading(
        city=name,
        as_of=wiring.clock.now().astimezone(zone).date(),
        generation=published.number,
        source={"zh-CN": zh, "en": en},
        synthetic=made_up,
    )


def level_names(published: Published) -> Mapping[str, dict[str, str]]:
    """The display names of the city's own levels."""
    return {level.name: {"zh-CN": level.zh, "en": level.en} for level in published.city.levels}
