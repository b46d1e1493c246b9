"""WGS-84 and CGCS2000, and the two shifted Chinese datums GCJ-02 and BD-09, converted both ways for arrays and single points.

A datum is always named by the caller and never assumed: GCJ-02 read as WGS-84 is some 550 m off in northern China, enough to put
more than 99 % of reports into the wrong micro-grid.

CGCS2000 is taken as identical with WGS-84. The ellipsoids differ by less than a tenth of a millimetre, PROJ knows no operation
between them but "no operation", and what remains is the motion of the plates, some decimetres.

GCJ-02 and BD-09 have no published definition. The formula below is the one in common use in public sources (Krasovsky ellipsoid,
a = 6378245 m, e2 = 0.00669342162296594323); against shifted control points of a map provider it is good to about 1 m (median),
10 m at worst. It is inverted by fixed-point iteration: three steps leave less than 0.1 mm in northern China.

Outside `CHINA_BOX` the shifted datums are not shifted: coordinates pass unchanged. Sources disagree on the box; this is the one most
programs carry, and it covers every place where maps are shifted (and, as with all of them, some neighbouring countries). The box is
tested once, on the coordinates as given, so a round trip is exact except within 600 m (BD-09: 1.4 km) of the box's own edge.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boundaries.errors import CoordinateError, DatumError

__all__ = ["CHINA_BOX", "DATUMS", "check_datum", "from_wgs84", "point_from_wgs84", "point_to_wgs84", "to_wgs84"]

Floats = NDArray[np.float64]

DATUMS: Final = ("wgs84", "cgcs2000", "gcj02", "bd09")
"""The names a caller may give, exactly as written."""

CHINA_BOX: Final = (72.004, 0.8293, 137.8347, 55.8271)
"""min_lon, min_lat, max_lon, max_lat in degrees, borders included: where GCJ-02 and BD-09 are shifted."""

_A: Final = 6378245.0
_EE: Final = 0.00669342162296594323
_GCJ_STEPS: Final = 3
_BD_STEPS: Final = 3
_BD_ANGLE: Final = np.pi * 3000.0 / 180.0


def check_datum(datum: str | None) -> str:
    """The datum's name, when it is one of `DATUMS`.

    Raises DatumError `datum_missing` for None or '', `datum_unknown` for anything else. Nothing is trimmed, lower-cased or guessed.
    """
    known = ", ".join(DATUMS)
    if datum is None or datum == "":
        raise DatumError(
            "datum_missing", en="Name the datum of the coordinates: one of {known}.", zh="请指明坐标的基准:{known} 之一。", known=known
        )
    if datum not in DATUMS:
        raise DatumError(
            "datum_unknown",
            en="Unknown datum {datum}: it must be one of {known}.",
            zh="未知的坐标基准 {datum}:应为 {known} 之一。",
            datum=repr(datum)[:60],
            known=known,
        )
    return datum


def to_wgs84(*, lons: ArrayLike, lats: ArrayLike, datum: str | None) -> tuple[Floats, Floats]:
    """WGS-84 (lons, lats) of positions given in `datum`: two new float64 arrays of the same shape, degrees.

    A NaN in either coordinate gives NaN in both; infinite or out-of-range numbers pass unchanged (the box does not hold them).
    Error of the inverse against the forward formula: < 0.1 mm for gcj02 and < 0.1 mm for bd09 in northern China.

    Raises DatumError for a missing or unknown datum, CoordinateError for float32 input, text, booleans or arrays of unequal shape.
    """
    check_datum(datum)
    lon, lat = _as_floats(lons, lats)
    inside = _shifted(lon, lat, datum)
    if inside is None:
        return lon, lat
    x, y = lon[inside], lat[inside]
    if datum == "bd09":
        x, y = _bd09_to_gcj02(x, y)
    lon[inside], lat[inside] = _gcj02_to_wgs84(x, y)
    return lon, lat


def from_wgs84(*, lons: ArrayLike, lats: ArrayLike, datum: str | None) -> tuple[Floats, Floats]:
    """(lons, lats) in `datum` of WGS-84 positions: two new float64 arrays of the same shape, degrees.

    NaN, infinity, errors: as `to_wgs84`. For drawing over a shifted base map; never store the result.
    """
    check_datum(datum)
    lon, lat = _as_floats(lons, lats)
    inside = _shifted(lon, lat, datum)
    if inside is None:
        return lon, lat
    x, y = _wgs84_to_gcj02(lon[inside], lat[inside])
    if datum == "bd09":
        x, y = _gcj02_to_bd09(x, y)
    lon[inside], lat[inside] = x, y
    return lon, lat


def point_to_wgs84(*, lon: float, lat: float, datum: str | None) -> tuple[float, float]:
    """WGS-84 (lon, lat) of one position given in `datum`; otherwise as `to_wgs84`."""
    lons, lats = to_wgs84(lons=[lon], lats=[lat], datum=datum)
    return float(lons[0]), float(lats[0])


def point_from_wgs84(*, lon: float, lat: float, datum: str | None) -> tuple[float, float]:
    """(lon, lat) in `datum` of one WGS-84 position; otherwise as `from_wgs84`."""
    lons, lats = from_wgs84(lons=[lon], lats=[lat], datum=datum)
    return float(lons[0]), float(lats[0])


def _as_floats(lons: ArrayLike, lats: ArrayLike) -> tuple[Floats, Floats]:
    """Two fresh float64 arrays; NaN in one coordinate is copied to the other, for half a position is none."""
    pair: list[Floats] = []
    for name, values in (("lons", lons), ("lats", lats)):
        try:
            raw = np.asarray(values)
        except ValueError:  # numpy refuses nested lists of unequal length
            raw = np.empty(0, dtype=object)
        if raw.size == 0 and raw.dtype != object:
            raw = raw.astype(np.float64)
        if raw.dtype == np.float32 or raw.dtype == np.float16:
            raise CoordinateError(
                "float32",
                en="{name} are {dtype}: only float64 holds a position exactly enough.",
                zh="{name} 为 {dtype}:只有 float64 能足够精确地表示位置。",
                name=name,
                dtype=str(raw.dtype),
            )
        if raw.dtype.kind not in "fiu":
            raise CoordinateError("not_numbers", en="{name} are not plain numbers.", zh="{name} 不是数值。", name=name)
        pair.append(np.array(raw, dtype=np.float64))
    lon, lat = pair
    if lon.shape != lat.shape:
        raise CoordinateError(
            "unequal_length",
            en="There are {lons} lons but {lats} lats.",
            zh="经度有 {lons} 个,纬度有 {lats} 个,数量不一致。",
            lons=lon.size,
            lats=lat.size,
        )
    missing = np.isnan(lon) | np.isnan(lat)
    lon[missing] = np.nan
    lat[missing] = np.nan
    return lon, lat


def _shifted(lon: Floats, lat: Floats, datum: str | None) -> NDArray[np.bool_] | None:
    """Which positions a conversion moves; None when the datum needs none."""
    if datum in ("wgs84", "cgcs2000"):
        return None
    west, south, east, north = CHINA_BOX
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _gcj02_offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """GCJ-02 minus WGS-84 in degrees at WGS-84 positions (the public formula)."""
    pi = np.pi
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = 20 * np.sin(6 * x * pi) + 20 * np.sin(2 * x * pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (waves + 20 * np.sin(y * pi) + 40 * np.sin(y / 3 * pi) + 160 * np.sin(y / 12 * pi) + 320 * np.sin(y / 30 * pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (waves + 20 * np.sin(x * pi) + 40 * np.sin(x / 3 * pi) + 150 * np.sin(x / 12 * pi) + 300 * np.sin(x / 30 * pi)) * 2 / 3
    angle = np.radians(lat)
    flattening = 1 - _EE * np.sin(angle) ** 2
    prime_vertical_m = _A / np.sqrt(flattening)
    meridian_m = _A * (1 - _EE) / (flattening * np.sqrt(flattening))
    return east * 180 / (prime_vertical_m * np.cos(angle) * pi), north * 180 / (meridian_m * pi)


def _wgs84_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    east, north = _gcj02_offset(lon, lat)
    return lon + east, lat + north


def _gcj02_to_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon, lat
    for _ in range(_GCJ_STEPS):
        east, north = _gcj02_offset(x, y)
        x, y = lon - east, lat - north
    return x, y


def _gcj02_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_ANGLE)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _bd09_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 0.0065, lat - 0.006
    for _ in range(_BD_STEPS):
        ahead_lon, ahead_lat = _gcj02_to_bd09(x, y)
        x, y = x + (lon - ahead_lon), y + (lat - ahead_lat)
    return x, y
