"""A drawn shape as text in an address, read strictly."""

from __future__ import annotations

import re

import shapely

from boundaries.datum import check_datum, to_wgs84
from geo_service.errors import RequestError

MOST_POINTS = 200
LONGEST = 6000
_NUMBER = r"-?\d{1,3}(?:\.\d{1,12})?"
_SHAPE = re.compile(rf"[a-z0-9]{{1,10}}:{_NUMBER},{_NUMBER}(?:;{_NUMBER},{_NUMBER})*")


def ring_of(text: str) -> tuple[tuple[float, float], ...]:
    """The corners of `<datum>:lon,lat;lon,lat;...` in WGS-84; the last is joined to the first.

    RequestError for what is no such text, for fewer than 3 or more than 200 corners, corners off the earth, and a line that crosses
    itself or encloses nothing. DatumError for an unknown datum.
    """
    if _SHAPE.fullmatch(text) is None:
        raise RequestError(
            "bad_shape",
            en="a shape is datum:lon,lat;lon,lat;lon,lat, for example wgs84:113.5,37.8;113.6,37.8;113.6,37.9",
            zh="图形应写作 基准:经度,纬度;经度,纬度;经度,纬度，例如 wgs84:113.5,37.8;113.6,37.8;113.6,37.9",
            field="within",
        )
    datum, _, corners = text.partition(":")
    pairs = [(float(lon), float(lat)) for lon, lat in (corner.split(",") for corner in corners.split(";"))]
    if not 3 <= len(pairs) <= MOST_POINTS:
        raise RequestError(
            "shape_corners", en="a shape has 3 to {most} corners", zh="图形应有 3 至 {most} 个顶点", most=MOST_POINTS, field="within"
        )
    if any(abs(lon) > 180 or abs(lat) > 90 for lon, lat in pairs):
        raise RequestError("coordinate_out_of_range", en="a corner is not on the earth", zh="顶点坐标超出范围", field="within")
    lons, lats = to_wgs84(lons=[lon for lon, _ in pairs], lats=[lat for _, lat in pairs], datum=check_datum(datum))
    ring = tuple((float(lon), float(lat)) for lon, lat in zip(lons, lats, strict=True))
    shape = shapely.Polygon(ring)
    if not shape.is_valid or shape.area == 0:
        raise RequestError(
            "shape_crosses_itself",
            en="the line of the shape crosses itself or encloses nothing: {why}",
            zh="图形的边线自相交或不围成区域：{why}",
            why=shapely.is_valid_reason(shape),
            field="within",
        )
    return ring
