"""Checking one polygon layer of a file as it stands, without importing it."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np

from boundaries.checks.registry import run
from boundaries.errors import GeometryError
from boundaries.files.areas import read_areas
from boundaries.files.polygons import invalid_polygons
from boundaries.files.sources import Source
from boundaries.geometry import LONLAT, auto_metric_crs, to_metric
from boundaries.model import Defect

__all__ = ["check_layer"]


def check_layer(source: Source | Path | str, *, code: str, metric_crs: str | None = None) -> list[Defect]:
    """Every finding about the areas of a layer, errors first; `code` names the column with their codes.

    Rings are judged in the layer's own coordinates, where their places are exact; what lies between areas is judged in metres of
    `metric_crs` (one that fits the layer, unless named), without the areas whose rings are unusable. Errors as `read_areas`.
    """
    frame = read_areas(source, code=code, invalid="keep", codes="keep")
    said = frame.crs.to_string()
    shapes = np.asarray(frame.geometry, dtype=object)
    invalid = invalid_polygons(shapes, frame["code"].tolist(), crs=said)
    usable = np.setdiff1d(np.arange(len(frame)), [error.row for error in invalid if error.row is not None])
    chosen = metric_crs or auto_metric_crs(tuple(frame.geometry.to_crs(LONLAT).total_bounds))
    metric = to_metric(shapes[usable], chosen, source_crs=said)
    rest = geopandas.GeoDataFrame({"code": frame["code"].to_numpy()[usable]}, geometry=metric, crs=chosen)
    found = run(rest)
    doubled = {defect.areas for defect in found if defect.rule == "duplicate_code"}
    among_all = run(geopandas.GeoDataFrame({"code": frame["code"]}, geometry=[None] * len(frame), crs=chosen))
    lost = [defect for defect in among_all if defect.rule == "duplicate_code" and defect.areas not in doubled]
    return [*(_defect(error) for error in invalid), *lost, *found]


def _defect(error: GeometryError) -> Defect:
    return Defect(
        rule="invalid_ring",
        severity="error",
        areas=(error.area,) if error.area else (),
        place=error.place,
        message=error.text("en"),
        message_zh=error.text("zh-CN"),
    )
