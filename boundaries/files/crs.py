"""Whether a layer's reference system is there and fits its numbers: metres labelled degrees, degrees labelled metres, another zone."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyproj
from pyproj.exceptions import CRSError

from boundaries.errors import CrsError
from boundaries.geometry import LONLAT, transformer

__all__ = ["check_crs", "crs_name", "is_lonlat", "system_of_zone"]

Bounds = tuple[float, float, float, float]

_SLACK_DEGREES: Final = 10.0
_CGCS2000_ZONES: Final = ((4513, 4534, 25, 21), (4491, 4502, 13, 11))
"""(first EPSG code with zone prefix, first without, number of the first zone, how many): 3-degree and 6-degree Gauss-Kruger."""


def check_crs(crs: Any, bounds: Bounds, *, name: str, given: str | None = None) -> str:
    """The layer's reference system by name, when it is known and its numbers can belong to it.

    crs: what the file says, anything pyproj reads, or None. bounds: min_x, min_y, max_x, max_y of the layer. name: of the layer, for
    the messages. given: what the caller says; it fills in for a file that says nothing, and is refused where the file says other.

    Raises CrsError: `crs_missing`, `crs_unknown`, `crs_contradicts`, `metres_labelled_degrees`, `degrees_labelled_metres`,
    `axes_swapped` (latitude or northing first), `zone_prefix` (a zone number in front of the easting, or none where there must be one;
    the right system is named), `outside_area_of_use` (a system of another country).
    """
    system = _known(crs, name) if crs is not None else None
    wanted = _known(given, name) if given else None
    if system is None and wanted is None:
        raise CrsError(
            "crs_missing",
            en="{name} does not say its reference system; its numbers look like {guess}. Name it.",
            zh="{name} 未声明坐标参考系;其数值像是{guess_zh}。请指明。",
            name=name,
            guess="degrees" if _fit_degrees(bounds) else "metres",
            guess_zh="经纬度(度)" if _fit_degrees(bounds) else "米",
        )
    if system is not None and wanted is not None and not system.equals(wanted, ignore_axis_order=True):
        raise CrsError(
            "crs_contradicts",
            en="{name} says {said}, the caller says {given}.",
            zh="{name} 声明为 {said},调用方指定为 {given}。",
            name=name,
            said=crs_name(system),
            given=crs_name(wanted),
        )
    chosen = system or wanted
    assert chosen is not None
    if np.isfinite(bounds).all():  # an empty layer has no numbers to contradict it
        _check_numbers(chosen, bounds, name)
    return crs_name(chosen)


def crs_name(crs: Any) -> str:
    """'EPSG:n' (or 'OGC:CRS84') where the system has such a name, else its full text."""
    system = pyproj.CRS.from_user_input(crs)
    authority = system.to_authority(min_confidence=70)
    return ":".join(authority) if authority else str(system.to_wkt())


def is_lonlat(crs: str) -> bool:
    """Whether a system's numbers are WGS-84 lon/lat degrees (CGCS2000 counts as the same, see `boundaries.datum`)."""
    return crs.upper() in (LONLAT, "OGC:CRS84", "EPSG:4490")


def _known(crs: Any, name: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(crs)
    except (CRSError, TypeError):
        raise CrsError(
            "crs_unknown",
            en="{name}: unknown reference system {crs}.",
            zh="{name}:未知的坐标参考系 {crs}。",
            name=name,
            crs=repr(crs)[:200],
        ) from None


def _check_numbers(crs: pyproj.CRS, bounds: Bounds, name: str) -> None:
    if crs.is_geographic:
        if not _fit_degrees(bounds):
            if _fit_degrees(_turned(bounds)):
                raise _contradiction("axes_swapped", crs, bounds, name, "have latitude first: swap the axes", "纬度在前:请交换坐标轴")
            raise _contradiction("metres_labelled_degrees", crs, bounds, name, "are not degrees", "不是度")
        return
    if _fit_degrees(bounds):
        raise _contradiction("degrees_labelled_metres", crs, bounds, name, "look like lon/lat degrees", "像是经纬度(度)")
    right = system_of_zone(crs, bounds)
    if right:
        en, zh = f"are those of {right} (the zone number in front of the easting)", f"属于 {right}(东坐标带号)"
        raise _contradiction("zone_prefix", crs, bounds, name, en, zh, right=right)
    if not _in_area_of_use(crs, bounds):
        right = system_of_zone(crs, _turned(bounds))
        if right or _in_area_of_use(crs, _turned(bounds)):
            more, more_zh = (f", and are those of {right}", f",且属于 {right}") if right else ("", "")
            en, zh = f"have northing first{more}: swap the axes", f"北坐标在前{more_zh}:请交换坐标轴"
            raise _contradiction("axes_swapped", crs, bounds, name, en, zh)
        raise _contradiction("outside_area_of_use", crs, bounds, name, "lie outside its area of use", "超出其适用范围")


def system_of_zone(crs: pyproj.CRS, bounds: Bounds) -> str | None:
    """The CGCS2000 system whose numbers these are, where `crs` is the same or a like zone with or without the prefix; else None.

    An easting of 38,463,040 m has the zone number 38 in front; EPSG:4526 has it, EPSG:4547 (same meridian) has not.
    """
    code = crs.to_epsg() or 0
    for prefixed, plain, _, count in _CGCS2000_ZONES:
        if not (prefixed <= code < prefixed + count or plain <= code < plain + count):
            continue
        has_prefix = prefixed <= code < prefixed + count
        zones = {int(bounds[0] // 1e6), int(bounds[2] // 1e6)}
        if has_prefix and zones == {0}:
            return f"EPSG:{plain + code - prefixed}"
        if len(zones) == 1:
            for other, _, first, number in _CGCS2000_ZONES:
                zone = next(iter(zones)) - first
                if 0 <= zone < number and other + zone != code:
                    return f"EPSG:{other + zone}"
    return None


def _in_area_of_use(crs: pyproj.CRS, bounds: Bounds) -> bool:
    area = crs.area_of_use
    if area is None:
        return True
    lon, lat = transformer(crs_name(crs), LONLAT).transform((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    south, north = area.south - _SLACK_DEGREES, area.north + _SLACK_DEGREES
    from_west = (lon - area.west) % 360 if np.isfinite(lon) else np.inf
    width = (area.east - area.west) % 360 or 360
    near = from_west <= width + _SLACK_DEGREES or from_west >= 360 - _SLACK_DEGREES
    return bool(near and south <= lat <= north)


def _turned(bounds: Bounds) -> Bounds:
    return bounds[1], bounds[0], bounds[3], bounds[2]


def _fit_degrees(bounds: Bounds) -> bool:
    return bool(bounds[0] >= -180 and bounds[2] <= 180 and bounds[1] >= -90 and bounds[3] <= 90)


def _contradiction(code: str, crs: pyproj.CRS, bounds: Bounds, name: str, en: str, zh: str, *, right: str | None = None) -> CrsError:
    return CrsError(
        code,
        en="{name} is labelled {crs}, but its numbers {trouble}: {bounds}.",
        zh="{name} 标注为 {crs},但其数值{trouble_zh}:{bounds}。",
        name=name,
        crs=crs_name(crs) if crs.to_authority() else crs.name,
        trouble=en,
        trouble_zh=zh,
        right=right,
        bounds=", ".join(f"{value:.10g}" for value in bounds),
    )
