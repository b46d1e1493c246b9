"""What a screen needs to offer choices by name: the city, its levels, categories and agencies."""

from __future__ import annotations

import shapely
import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.geometry import to_lonlat
from geo_service.api.wiring import Wiring
from geo_service.console.schemas import AgencyOut, CategoryOut, LevelOut, VocabularyOut
from geo_service.published import Published
from geo_service.rulebooks import rulebook_in_force
from geo_service.workers.tables import agency


def vocabulary(connection: Connection, wiring: Wiring, language: str) -> VocabularyOut:
    """The choices of this installation in the caller's language; agencies and categories have the names their city gave them."""
    published = wiring.published.current()
    found = connection.execute(sa.select(agency.c.code, agency.c.name, agency.c.level).order_by(agency.c.level, agency.c.code))
    known = rulebook_in_force(connection, at=wiring.clock.now()).categories
    chinese = language.startswith("zh")
    return VocabularyOut(
        city=published.city.name,
        timezone=published.city.timezone,
        bounds=bounds(published),
        levels=[LevelOut(level=one.name, name=one.zh if chinese else one.en) for one in published.city.ladder],
        categories=[CategoryOut(key=one.key, tree=one.tree, kind=one.kind, major=one.major, name=one.name) for one in known.values()],
        agencies=[AgencyOut(owner=f"agency:{row.code}", name=row.name, level=row.level) for row in found],
    )


def bounds(published: Published) -> list[float]:
    """West, south, east, north of the city in WGS-84 degrees."""
    boxes = [leaf.geometry.bounds for leaf in published.leaves if leaf.geometry is not None]
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    shapes = to_lonlat([shapely.Point(west, south), shapely.Point(east, north)], published.city.metric_crs)
    (x0, y0), (x1, y1) = shapes[0].coords[0], shapes[1].coords[0]
    return [round(value, 6) for value in (x0, y0, x1, y1)]
