"""What counts as a coordinate: float64 numbers and what converts to them exactly."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from boundaries.errors import CoordinateError
from boundaries.router.layer import Float64

_EXACT_INTEGERS = 2**53


def coordinate(value: Any, name: str) -> float:
    """The number as a float; NaN and infinities pass. CoordinateError for texts, booleans, float32, None and other kinds."""
    if isinstance(value, float):
        return float(value)
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and abs(int(value)) <= _EXACT_INTEGERS:
        return float(value)
    raise CoordinateError(
        "coordinate_not_a_number",
        en="{name} must be a float64 number, not {kind}.",
        zh="{name} 必须是双精度（float64）数，而不是 {kind}。",
        name=name,
        kind=type(value).__name__,
    )


def finite_coordinate(value: Any, name: str) -> float:
    """As `coordinate`, but NaN and infinities are refused too."""
    number = coordinate(value, name)
    if isfinite(number):
        return number
    raise CoordinateError(
        "coordinate_not_finite",
        en="{name} must be finite, not {value}.",
        zh="{name} 必须是有限的数，而不是 {value}。",
        name=name,
        value=number,
    )


def coordinates(values: Any, name: str) -> Float64:
    """The array as it is if it is a one-dimensional float64 array, converted if it holds integers that fit; else CoordinateError."""
    array = values if isinstance(values, np.ndarray) else np.asarray(values)
    if array.ndim != 1:
        raise CoordinateError(
            "coordinates_not_flat",
            en="{name} must be a one-dimensional array, not {dimensions}-dimensional.",
            zh="{name} 必须是一维数组，而不是 {dimensions} 维。",
            name=name,
            dimensions=array.ndim,
        )
    if array.dtype == np.float64 and type(array) is np.ndarray:
        return array
    if array.dtype.kind == "f" and array.dtype.itemsize == 8:  # the other byte order, or a subclass
        return np.array(array, np.float64)
    if array.dtype.kind in "iu" and (not array.size or -_EXACT_INTEGERS <= int(array.min()) <= int(array.max()) <= _EXACT_INTEGERS):
        return array.astype(np.float64)
    raise CoordinateError(
        "coordinates_not_float64",
        en="{name} must be a float64 array, not {kind}.",
        zh="{name} 必须是双精度（float64）数组，而不是 {kind}。",
        name=name,
        kind=str(array.dtype),
    )


def same_length(*, lons: Float64, lats: Float64) -> int:
    """The common length of two arrays; CoordinateError if they differ."""
    if len(lons) == len(lats):
        return len(lons)
    raise CoordinateError(
        "coordinates_ragged",
        en="There are {lons} longitudes but {lats} latitudes.",
        zh="有 {lons} 个经度，却有 {lats} 个纬度。",
        lons=len(lons),
        lats=len(lats),
    )
