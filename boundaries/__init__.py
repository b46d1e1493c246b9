"""Polygons in, answers out: the areas of a city, who is where, and how borders change.

A library without a web framework: it can be used from a notebook. `boundaries.router` answers "which area holds this point",
`boundaries.store` keeps generations of areas in SQLite or PostGIS, `boundaries.files` reads and writes the formats of the field.
`boundaries.open` brings them together on a database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boundaries.store.library import Library

__all__ = ["open"]


def open(url: str, *, create: bool = False) -> Library:  # noqa: A001  # boundaries.open(url) is the name users know
    """The library on a database: its city, its generations of areas, and who is where.

    url: `sqlite:///city.db`, a plain file name, or `postgresql://user@host/name` (with the postgis extension). create: make the
    tables where they are missing; without it a database without tables is refused. Raises StoreError `store_not_prepared`,
    `store_unreachable`, `url_unusable` and others.

    >>> import boundaries, geopandas, shapely
    >>> from boundaries.model import Level
    >>> library = boundaries.open("sqlite:///city.db", create=True)
    >>> levels = [Level("city", 0, "市", "City", leaf=False), Level("grid", 1, "网格", "Grid", leaf=True)]
    >>> city = library.init_city(name="小城", division_code="990100", timezone="Asia/Shanghai", levels=levels)
    >>> grids = [shapely.box(463000, 4192000, 463100, 4192100), shapely.box(463100, 4192000, 463200, 4192100)]
    >>> areas = geopandas.GeoDataFrame(
    ...     {"level": ["city", "grid", "grid"], "code": ["990100", "G1", "G2"], "parent_code": [None, "990100", "990100"]},
    ...     geometry=[None, *grids],
    ...     crs="EPSG:4547",
    ... )
    >>> draft = library.import_areas(areas, actor="planner")
    >>> library.defects(draft.number)
    []
    >>> library.publish(draft.number, actor="planner").status
    'published'
    >>> place = library.locate(lon=113.58, lat=37.86, datum="wgs84")
    >>> place.verdict, place.areas
    ('certain', {'grid': 'G1', 'city': '990100'})
    >>> library.locate(lon=116.40, lat=39.92, datum="wgs84").verdict
    'outside'
    >>> library.areas("city").geometry.iloc[0].geom_type
    'Polygon'
    >>> library.close()
    """
    from boundaries.store.library import open_library  # here, so that the database drivers are imported by those who want one

    return open_library(url, create=create)
