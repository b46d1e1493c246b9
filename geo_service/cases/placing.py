"""Cases inside a drawn shape. The database narrows them down by a box; shapely decides. Takes a connection, never commits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.finding import CaseFilter
from geo_service.cases.tables import case_record

Ring = tuple[tuple[float, float], ...]


def within_ring(connection: Connection, ring: Ring) -> tuple[int, ...]:
    """The ids of the cases whose point lies in the ring (WGS-84 lon, lat) or on its line, lowest first."""
    c = case_record.c
    west, south, east, north = shapely.Polygon(ring).bounds
    query = sa.select(c.case_id, c.lon, c.lat).where(c.lon.between(west, east), c.lat.between(south, north)).order_by(c.case_id)
    rows = connection.execute(query).all()
    if not rows:
        return ()
    ids, lons, lats = (np.asarray(column) for column in zip(*rows, strict=True))
    shape = shapely.Polygon(ring)
    shapely.prepare(shape)
    return tuple(int(one) for one in ids[shapely.intersects_xy(shape, lons.astype(float), lats.astype(float))])


def placed(connection: Connection, wanted: CaseFilter) -> CaseFilter:
    """The filter with its shape turned into the cases that lie in it: what else is asked goes on from there."""
    if wanted.within is None:
        return wanted
    inside = within_ring(connection, wanted.within)
    named = inside if wanted.case_ids is None else tuple(sorted(set(inside) & set(wanted.case_ids)))
    return replace(wanted, within=None, case_ids=named)
