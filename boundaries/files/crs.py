"""Whether a layer's reference system is there and fits its numbers: metres labelled degrees, degrees labelled metres, another zone."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyproj
from pyproj.exceptions import CRSError

from boundaries.errors import CrsError
from boundaries.geometry import LONLAT, transformer

__all__ = ["check_crs", "crs_name", "is_lonlat"]

Bounds = tuple[float, float, float, float]

_SLACK_DEGREES: Final = 10.0
_ZONE_PREFIX_FROM_M: Final = 1e7


def check_crs(crs: Any, bounds: Bounds, *, name: str, given: str | None = None) -> str:
    """The layer's reference system by name, when it is known and its numbers can belong to it.

    crs: what the file says, anything pyproj reads, or None. bounds: min_x, min_y, max_x, max_y of the layer. name: of the layer, for
    the messages. given: what the caller says; it fills in for a file that says nothing, and is refused where the file says other.

    Raises CrsError: `crs_missing`, `crs_unknown`, `crs_contradicts`, `metres_labelled_degrees`, `degrees_labelled_metres`,
    `outside_area_of_use` (a zone prefix too many, a system of another country).
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
            raise _contradiction("metres_labelled_degrees", crs, bounds, name, "are not degrees", "不是度")
        return
    if _fit_degrees(bounds):
        raise _contradiction("degrees_labelled_metres", crs, bounds, name, "look like lon/lat degrees", "像是经纬度(度)")
    area = crs.area_of_use
    if area is None:
        return
    lon, lat = transformer(crs_name(crs), LONLAT).transform((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    south, north = area.south - _SLACK_DEGREES, area.north + _SLACK_DEGREES
    from_west = (lon - area.west) % 360 if np.isfinite(lon) else np.inf
    width = (area.east - area.west) % 360 or 360
    near = from_west <= width + _SLACK_DEGREES or from_west >= 360 - _SLACK_DEGREES
    if not (near and south <= lat <= north):
        prefix = bounds[0] > _ZONE_PREFIX_FROM_M
        en = "lie outside its area of use" + (" (an easting with a zone number in front?)" if prefix else "")
        zh = "超出其适用范围" + ("(东坐标是否带有带号?)" if prefix else "")
        raise _contradiction("outside_area_of_use", crs, bounds, name, en, zh)


def _fit_degrees(bounds: Bounds) -> bool:
    return bool(bounds[0] >= -180 and bounds[2] <= 180 and bounds[1] >= -90 and bounds[3] <= 90)


def _contradiction(code: str, crs: pyproj.CRS, bounds: Bounds, name: str, en: str, zh: str) -> CrsError:
    return CrsError(
        code,
        en="{name} is labelled {crs}, but its numbers {trouble}: {bounds}.",
        zh="{name} 标注为 {crs},但其数值{trouble_zh}:{bounds}。",
        name=name,
        crs=crs_name(crs) if crs.to_authority() else crs.name,
        trouble=en,
        trouble_zh=zh,
        bounds=", ".join(f"{value:.6g}" for value in bounds),
    )
