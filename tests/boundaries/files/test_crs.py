"""Reference systems against the numbers they are said to hold."""

from __future__ import annotations

import numpy as np
import pytest

from boundaries.errors import CrsError
from boundaries.files.crs import check_crs, crs_name, is_lonlat

CITY_DEGREES = (113.2, 37.6, 114.1, 38.5)
CITY_METRES = (429_000.0, 4_163_000.0, 509_000.0, 4_262_000.0)
WITH_ZONE = (38_429_000.0, 4_163_000.0, 38_509_000.0, 4_262_000.0)
SWISS_OLD = (600_000.0, 199_000.0, 601_000.0, 200_000.0)


@pytest.mark.parametrize(
    ("crs", "bounds"),
    [
        ("EPSG:4326", CITY_DEGREES),
        ("OGC:CRS84", CITY_DEGREES),
        ("EPSG:4490", CITY_DEGREES),
        ("EPSG:4547", CITY_METRES),
        ("EPSG:4526", WITH_ZONE),
        ("EPSG:21781", SWISS_OLD),
        ("EPSG:3832", (15_000_000.0, -2_000_000.0, 17_000_000.0, 2_000_000.0)),
    ],
)
def test_what_fits_passes(crs: str, bounds: tuple[float, float, float, float]) -> None:
    assert check_crs(crs, bounds, name="x") == crs
    assert check_crs(None, bounds, name="x", given=crs) == crs


@pytest.mark.parametrize(
    ("crs", "given", "bounds", "code"),
    [
        (None, None, CITY_METRES, "crs_missing"),
        (None, None, CITY_DEGREES, "crs_missing"),
        ("EPSG:4326", None, CITY_METRES, "metres_labelled_degrees"),
        ("EPSG:4547", None, CITY_DEGREES, "degrees_labelled_metres"),
        ("EPSG:4547", None, WITH_ZONE, "zone_prefix"),
        ("EPSG:4526", None, CITY_METRES, "zone_prefix"),
        ("EPSG:4326", None, (37.6, 113.2, 38.5, 114.1), "axes_swapped"),
        ("EPSG:4547", None, (4_163_000.0, 429_000.0, 4_262_000.0, 509_000.0), "axes_swapped"),
        ("EPSG:4547", None, (4_163_000.0, 38_429_000.0, 4_262_000.0, 38_509_000.0), "axes_swapped"),
        ("EPSG:2056", None, SWISS_OLD, "outside_area_of_use"),
        ("EPSG:4326", "EPSG:4547", CITY_DEGREES, "crs_contradicts"),
        (None, "EPSG:999999", CITY_METRES, "crs_unknown"),
        ("nonsense", None, CITY_METRES, "crs_unknown"),
        (None, "EPSG:4547", CITY_DEGREES, "degrees_labelled_metres"),
    ],
)
def test_what_contradicts_is_refused(crs: str | None, given: str | None, bounds: tuple[float, float, float, float], code: str) -> None:
    with pytest.raises(CrsError) as refusal:
        check_crs(crs, bounds, name="layer x", given=given)
    assert refusal.value.code == code
    assert "layer x" in refusal.value.text("zh")


def test_a_zone_prefix_is_suspected_aloud() -> None:
    with pytest.raises(CrsError, match="zone number in front"):
        check_crs("EPSG:4547", WITH_ZONE, name="x")


def test_an_empty_layer_contradicts_nothing() -> None:
    assert check_crs("EPSG:4547", (np.nan,) * 4, name="x") == "EPSG:4547"


def test_names() -> None:
    assert crs_name("urn:ogc:def:crs:OGC:1.3:CRS84") == "OGC:CRS84"
    assert is_lonlat("EPSG:4490")
    assert not is_lonlat("EPSG:4547")


@pytest.mark.parametrize(
    ("crs", "bounds", "right"),
    [
        ("EPSG:4547", WITH_ZONE, "EPSG:4526"),
        ("EPSG:4526", CITY_METRES, "EPSG:4547"),
        ("EPSG:4547", (37_429_000.0, 4_163_000.0, 37_509_000.0, 4_262_000.0), "EPSG:4525"),  # the next zone
        ("EPSG:4526", (37_429_000.0, 4_163_000.0, 37_509_000.0, 4_262_000.0), "EPSG:4525"),
        ("EPSG:4547", (19_429_000.0, 4_163_000.0, 19_509_000.0, 4_262_000.0), "EPSG:4497"),  # a 6-degree zone
        ("EPSG:4508", (19_429_000.0, 4_163_000.0, 19_509_000.0, 4_262_000.0), "EPSG:4497"),
    ],
)
def test_the_right_zone_is_named(crs: str, bounds: tuple[float, float, float, float], right: str) -> None:
    with pytest.raises(CrsError) as refusal:
        check_crs(crs, bounds, name="grids")
    assert (refusal.value.code, refusal.value.params["right"]) == ("zone_prefix", right)
    assert right in refusal.value.text("zh")
    assert right in refusal.value.text("en")
    check_crs(right, bounds, name="grids")
