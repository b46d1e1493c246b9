"""The nearest facilities to a point, in a straight line in metres of the city's own system; and only those that are open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaries.geometry import LONLAT, transformer
from geo_service.errors import RequestError
from geo_service.facilities.hours import understood
from geo_service.flows.facilities.showing import local
from geo_service.published import Published

FARTHEST_M = 200_000
"""Farther away a flat system of the city does not measure well, and nobody asks."""


def metres(published: Published, *, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.float64]:
    """(n, 2) easting and northing of WGS-84 positions in the city's metric system."""
    eastings, northings = transformer(LONLAT, published.city.metric_crs).transform(
        np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    )
    return np.column_stack([eastings, northings])


def nearest(
    published: Published, rows: Sequence[dict[str, Any]], *, lon: float, lat: float, limit: int
) -> list[tuple[float, dict[str, Any]]]:
    """(distance_m, row) of the nearest rows to a WGS-84 point, the nearest first; equally near ones by id.

    RequestError `too_far` for a point more than 200 km from all of them.
    """
    if not rows:
        return []
    places = metres(published, lons=[row["lon"] for row in rows], lats=[row["lat"] for row in rows])
    away = np.hypot(*(places - metres(published, lons=[lon], lats=[lat])[0]).T)
    if not np.isfinite(away).all() or away.min() > FARTHEST_M:
        raise RequestError(
            "too_far", en="the point is more than 200 km from every place here", zh="该点距此处所有设施超过 200 公里", field="lon"
        )
    order = np.lexsort([[row["facility_id"] for row in rows], away])[:limit]
    return [(round(float(away[at]), 1), rows[at]) for at in order.tolist()]


def open_then(published: Published, rows: Sequence[dict[str, Any]], at: datetime) -> tuple[list[dict[str, Any]], int]:
    """Those of the rows that are open at an instant, and how many were left out because nobody said when they are."""
    known = [(row, understood(row["opening_hours"])) for row in rows]
    moment = local(published, at)
    return [row for row, hours in known if hours is not None and hours.is_open(moment)], sum(hours is None for _, hours in known)
