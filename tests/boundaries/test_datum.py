"""Datums: reference vectors, bounds of the inverse, another author's code as a witness, refusals."""

from __future__ import annotations

import math

import numpy as np
import prcoords
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.datum import CHINA_BOX, DATUMS, from_wgs84, point_from_wgs84, point_to_wgs84, to_wgs84
from boundaries.errors import CoordinateError, DatumError

# WGS-84, GCJ-02, BD-09 as lon, lat: four independent programs agree on them to every printed digit.
VECTORS = np.array(
    [
        [113.58, 37.8567, 113.5864026032, 37.8572033671, 113.5930126205, 37.8628825000],
        [113.555279, 37.868494, 113.5617344255, 37.8690279948, 113.5682912791, 37.8748287163],
        [113.630107, 37.804988, 113.6364982529, 37.8055139024, 113.6428921400, 37.8118508950],
        [113.41233, 38.085619, 113.4192604190, 38.0864328237, 113.4257118651, 38.0926183850],
        [116.404, 39.915, 116.4102444992, 39.9164042815, 116.4166272438, 39.9226995522],
        [121.5272106, 31.1774276, 121.5315418592, 31.1753039836, 121.5380156864, 31.1813286069],
        [113.912316, 22.543847, 113.9171764808, 22.5407961317, 113.9236847293, 22.5466674378],
    ]
)
WGS, GCJ, BD = VECTORS[:, :2].T, VECTORS[:, 2:4].T, VECTORS[:, 4:].T
LAST_DIGIT = 0.6e-10  # degrees: half a unit of the ten printed decimals, and rounding
METRES_A_DEGREE = 111_320.0


def metres(lons: np.ndarray, lats: np.ndarray, other_lons: np.ndarray, other_lats: np.ndarray) -> np.ndarray:
    return np.hypot((lons - other_lons) * np.cos(np.radians(lats)), lats - other_lats) * METRES_A_DEGREE


def city_points(count: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(7)
    return random.uniform(113.2, 114.1, count), random.uniform(37.6, 38.6, count)


@pytest.mark.parametrize(("datum", "expected"), [("gcj02", GCJ), ("bd09", BD), ("wgs84", WGS), ("cgcs2000", WGS)])
def test_reference_vectors_forward(datum: str, expected: np.ndarray) -> None:
    lons, lats = from_wgs84(lons=WGS[0], lats=WGS[1], datum=datum)
    assert np.abs(lons - expected[0]).max() <= LAST_DIGIT
    assert np.abs(lats - expected[1]).max() <= LAST_DIGIT


@pytest.mark.parametrize(("datum", "given_as"), [("gcj02", GCJ), ("bd09", BD), ("wgs84", WGS), ("cgcs2000", WGS)])
def test_reference_vectors_backward(datum: str, given_as: np.ndarray) -> None:
    lons, lats = to_wgs84(lons=given_as[0], lats=given_as[1], datum=datum)
    assert metres(lons, lats, WGS[0], WGS[1]).max() < 1e-3


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_the_inverse_is_better_than_a_tenth_of_a_millimetre_in_the_city(datum: str) -> None:
    lons, lats = city_points()
    back = to_wgs84(**dict(zip(("lons", "lats"), from_wgs84(lons=lons, lats=lats, datum=datum), strict=True)), datum=datum)
    assert metres(lons, lats, *back).max() < 1e-4


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_the_inverse_is_better_than_a_millimetre_in_all_of_the_box(datum: str) -> None:
    random = np.random.default_rng(3)
    lons, lats = random.uniform(73.7, 135, 20_000), random.uniform(3.9, 53.5, 20_000)
    shifted = from_wgs84(lons=lons, lats=lats, datum=datum)
    assert metres(lons, lats, *to_wgs84(lons=shifted[0], lats=shifted[1], datum=datum)).max() < 1e-3


def test_cgcs2000_and_wgs84_are_the_same_numbers() -> None:
    lons, lats = city_points(1000)
    for datum in ("wgs84", "cgcs2000"):
        x, y = to_wgs84(lons=lons, lats=lats, datum=datum)
        assert (x == lons).all()
        assert (y == lats).all()


def test_another_authors_code_agrees() -> None:
    lons, lats = city_points(500)
    gcj, bd = from_wgs84(lons=lons, lats=lats, datum="gcj02"), from_wgs84(lons=lons, lats=lats, datum="bd09")
    for i, (lon, lat) in enumerate(zip(lons, lats, strict=True)):
        witness = prcoords.wgs_gcj((lat, lon))
        assert (gcj[0][i], gcj[1][i]) == pytest.approx((witness.lon, witness.lat), abs=1e-11)
        witness = prcoords.wgs_bd((lat, lon))
        assert (bd[0][i], bd[1][i]) == pytest.approx((witness.lon, witness.lat), abs=1e-11)


def test_the_shift_in_the_model_city_is_what_a_phone_user_would_be_off_by() -> None:
    lon, lat = point_from_wgs84(lon=113.58, lat=37.8567, datum="gcj02")
    off = metres(np.array(113.58), np.array(37.8567), np.array(lon), np.array(lat))
    assert off == pytest.approx(566, abs=2)


@pytest.mark.parametrize("datum", DATUMS)
def test_nan_in_one_coordinate_gives_nan_in_both_and_touches_no_other(datum: str) -> None:
    lons, lats = to_wgs84(lons=[math.nan, 113.58, 113.58, math.nan], lats=[37.8, math.nan, 37.8567, math.nan], datum=datum)
    assert np.isnan(lons).tolist() == np.isnan(lats).tolist() == [True, True, False, True]


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_outside_the_box_nothing_moves(datum: str) -> None:
    west, south, east, north = CHINA_BOX
    lons = np.array([west - 1e-9, 100.0, east + 1e-9, 100.0, -74.0, math.inf, 1e300])
    lats = np.array([30.0, south - 1e-9, 30.0, north + 1e-9, 40.7, 37.0, 37.0])
    for convert in (to_wgs84, from_wgs84):
        x, y = convert(lons=lons, lats=lats, datum=datum)
        assert x.tolist() == lons.tolist()
        assert y.tolist() == lats.tolist()


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_on_the_border_of_the_box_it_does(datum: str) -> None:
    west, south, east, north = CHINA_BOX
    x, y = from_wgs84(lons=[west, east], lats=[north, south], datum=datum)
    assert (x != [west, east]).all()
    assert (y != [north, south]).all()


@given(st.floats(113.2, 114.1), st.floats(37.6, 38.6), st.sampled_from(DATUMS))
def test_one_point_and_many_agree(lon: float, lat: float, datum: str) -> None:
    many = to_wgs84(lons=[lon, 0.0], lats=[lat, 0.0], datum=datum)
    assert point_to_wgs84(lon=lon, lat=lat, datum=datum) == (many[0][0], many[1][0])


def test_the_input_is_not_touched_and_its_shape_is_kept() -> None:
    lons, lats = np.full((2, 3), 113.58), np.full((2, 3), 37.8)
    x, _ = to_wgs84(lons=lons, lats=lats, datum="gcj02")
    assert x.shape == (2, 3)
    assert (lons == 113.58).all()
    assert to_wgs84(lons=[], lats=[], datum="bd09")[0].shape == (0,)


@pytest.mark.parametrize(
    ("datum", "code"), [(None, "datum_missing"), ("", "datum_missing"), ("WGS84", "datum_unknown"), ("epsg:4326", "datum_unknown")]
)
def test_a_datum_is_never_assumed(datum: str | None, code: str) -> None:
    for convert in (to_wgs84, from_wgs84):
        with pytest.raises(DatumError) as refusal:
            convert(lons=[113.58], lats=[37.8], datum=datum)
        assert refusal.value.code == code
        assert "gcj02" in refusal.value.text("zh-CN")


@pytest.mark.parametrize(
    ("lons", "lats", "code"),
    [
        (np.zeros(2, dtype=np.float32), [0.0, 0.0], "float32"),
        ([1.0, 2.0], [1.0], "unequal_length"),
        (["113.58"], [37.8], "not_numbers"),
        ([True], [37.8], "not_numbers"),
        ([113.58], [None], "not_numbers"),
        ([[1.0], [2.0, 3.0]], [1.0], "not_numbers"),
    ],
)
def test_numbers_that_are_no_positions_are_refused(lons: object, lats: object, code: str) -> None:
    with pytest.raises(CoordinateError) as refusal:
        to_wgs84(lons=lons, lats=lats, datum="wgs84")  # type: ignore[arg-type]  # wrong on purpose
    assert refusal.value.code == code
