"""A new city against the published one: a file in another datum, with swapped axes, or of half the city is told before it is in force."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import shapely
from geopandas import GeoDataFrame

from boundaries.checks import Shift, find_shift
from boundaries.checks.proposals import proposal
from boundaries.errors import BoundariesError, CrsError, FileError
from boundaries.geometry import to_lonlat, to_metric, union_by
from boundaries.model import Defect
from boundaries.store.importing import Assembled

__all__ = ["compare_with_published", "judged", "refuse_unlike"]

_SHRUNK: Final = 0.5
_AXES_DEGREES: Final = 2.0


def compare_with_published(found: Assembled, published: GeoDataFrame) -> list[Defect]:
    """Errors `axes_swapped`, `datum_shift` and `city_shrinks`, each at most once. published: as `Library.areas()`.

    The shift is that of the leaves whose level and code the published city has too; where there are none, of the whole city. A city
    shrinks when it has less than half as many leaves or half as much land.
    """
    new = _leaves(found.areas)
    old = _leaves(published[published["code"].isin(set(new["code"]))])
    everything = _leaves(published)
    if not len(new) or not len(everything):
        return []
    swapped = _swapped(new, everything, found.metric_crs)
    if swapped:
        return [swapped]
    both = new.merge(old, on=["level", "code"], suffixes=("", "_old"))
    if len(both):
        shapes, reference = both["shape"].to_numpy(), to_metric(both["shape_old"].to_numpy(), found.metric_crs)
    else:
        shapes, reference = _whole(new["shape"]), to_metric(_whole(everything["shape"]), found.metric_crs)
    shift = find_shift(shapes, reference, found.metric_crs)
    defects = [] if shift is None else [_shifted(shift, reference, both["code"].tolist(), found.metric_crs)]
    return defects + _shrunk(new, everything, found.metric_crs)


def judged(found: Assembled, published: GeoDataFrame | None, *, force: bool) -> Assembled:
    """The import with what differs suspiciously from the published city: refused, or with force a warning among its defects.

    published: as `Library.areas()`, None before anything was published. Errors as `refuse_unlike`.
    """
    unlike = [] if published is None else compare_with_published(found, published)
    if not force:
        refuse_unlike(unlike)
        return found
    told = [replace(defect, severity="warning") if defect.rule == "datum_shift" else defect for defect in found.defects]
    return replace(found, defects=[*(replace(defect, severity="warning") for defect in unlike), *told])


def refuse_unlike(defects: list[Defect]) -> None:
    """Nothing without such a defect. Raises CrsError `datum_shift` or `axes_swapped`, or FileError `city_shrinks`, with the place."""
    for defect in defects:
        kinds: dict[str, type[BoundariesError]] = {"datum_shift": CrsError, "axes_swapped": CrsError, "city_shrinks": FileError}
        if defect.rule in kinds:
            raise kinds[defect.rule](
                defect.rule,
                en="{text} Force it if it is meant.",
                zh="{text_zh}如确属有意,请强制执行。",
                place=defect.place,
                text=defect.message,
                text_zh=defect.message_zh,
            )


def _leaves(areas: GeoDataFrame) -> Any:
    own = areas[areas.geometry.notna()]
    parents = set(areas["parent_code"].dropna())
    leaves = own[~own["code"].isin(parents)]
    return leaves.assign(shape=np.asarray(leaves.geometry, dtype=object))[["level", "code", "shape"]]


def _whole(shapes: Any) -> Any:
    made = union_by(shapes.to_numpy(), np.zeros(len(shapes), dtype=np.int64))
    return np.array(list(made.values()), dtype=object)


def _centre(shapes: Any) -> Any:
    low, high = shapely.total_bounds(shapes).reshape(2, 2)
    return (low + high) / 2


def _swapped(new: Any, old: Any, metric_crs: str) -> Defect | None:
    lon, lat = shapely.get_coordinates(to_lonlat(shapely.Point(_centre(new["shape"].to_numpy())), metric_crs))[0].tolist()
    centre = _centre(old["shape"].to_numpy())
    away, turned = np.abs(centre - (lon, lat)).max(), np.abs(centre - (lat, lon)).max()
    if turned > _AXES_DEGREES or away <= turned:
        return None
    return Defect(
        rule="axes_swapped",
        severity="error",
        areas=(),
        place=shapely.Point(round(lon, 9), round(lat, 9)),
        message=f"The file lies at {lon:.3f}, {lat:.3f}, the published city at {centre[0]:.3f}, {centre[1]:.3f}: its axes are swapped.",
        message_zh=f"文件位于 {lon:.3f}, {lat:.3f},而已发布城市位于 {centre[0]:.3f}, {centre[1]:.3f}:坐标轴颠倒。",
    )


def _shifted(shift: Shift, reference: Any, codes: list[str], metric_crs: str) -> Defect:
    start = shapely.get_coordinates(shapely.centroid(reference[0]))[0]
    return Defect(
        rule="datum_shift",
        severity="error",
        areas=tuple(codes[:12]),
        place=to_lonlat(shapely.LineString([start, np.add(start, shift.way)]), metric_crs),
        message=f"Against the published city, the file {shift.en}." if shift.en.startswith("looks") else f"The file is {shift.en}.",
        message_zh=f"与已发布城市相比,文件{shift.zh}。",
        size=round(float(np.hypot(shift.east_m, shift.north_m)), 1),
        unit="m",
        repair=proposal("shift", datum=shift.datum or None, east_m=round(shift.east_m, 1), north_m=round(shift.north_m, 1)),
    )


def _shrunk(new: Any, old: Any, metric_crs: str) -> list[Defect]:
    before = float(shapely.area(to_metric(old["shape"].to_numpy(), metric_crs)).sum())
    after = float(shapely.area(new["shape"].to_numpy()).sum())
    if len(new) >= _SHRUNK * len(old) and after >= _SHRUNK * before:
        return []
    lost = old[~old["code"].isin(set(new["code"]))]
    return [
        Defect(
            rule="city_shrinks",
            severity="error",
            areas=tuple(lost["code"].tolist()[:12]),
            place=shapely.box(*shapely.total_bounds((lost if len(lost) else old)["shape"].to_numpy())),
            message=f"The city would shrink from {len(old)} leaves with {before:.0f} m2 to {len(new)} with {after:.0f} m2.",
            message_zh=f"城市将由 {len(old)} 个末级区域({before:.0f} 平方米)缩小为 {len(new)} 个({after:.0f} 平方米)。",
            size=round(before - after, 3),
            unit="m2",
        )
    ]
