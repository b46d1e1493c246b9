"""The side of an edge a point lies on is exact: rational arithmetic agrees on every case."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.router.orientation import differences_are_exact, orientation, orientations

numbers = st.one_of(
    st.floats(-180, 180),
    st.floats(-1e-300, 1e-300),
    st.integers(-3, 3).map(float),
    st.floats(113, 114),
)
nudges = st.integers(-2, 2)


def by_fractions(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    fax, fay, fbx, fby, fpx, fpy = map(Fraction, (ax, ay, bx, by, px, py))
    left, right = (fax - fpx) * (fby - fpy), (fay - fpy) * (fbx - fpx)
    return (left > right) - (left < right)


def sign(value: float) -> int:
    return int(value > 0) - int(value < 0)


@given(st.tuples(numbers, numbers, numbers, numbers, numbers, numbers))
def test_any_six_numbers(six: tuple[float, ...]) -> None:
    assert sign(orientation(*six)) == by_fractions(*six)
    ax, ay, bx, by, px, py = (np.array([v]) for v in six)
    many = orientations((ax, ay), (bx, by), (px, py), exact_differences=False)
    assert sign(many[0]) == by_fractions(*six)


@given(st.tuples(numbers, numbers, numbers, numbers), st.floats(-0.5, 1.5), nudges, nudges)
def test_points_all_but_on_the_line(edge: tuple[float, ...], along: float, up: int, right: int) -> None:
    ax, ay, bx, by = edge
    px, py = ax + along * (bx - ax), ay + along * (by - ay)
    px, py = float(px + right * np.spacing(px)), float(py + up * np.spacing(py))
    expected = by_fractions(ax, ay, bx, by, px, py)
    assert sign(orientation(ax, ay, bx, by, px, py)) == expected
    arrays = [np.array([v]) for v in (ax, ay, bx, by, px, py)]
    a, b, p = (arrays[0], arrays[1]), (arrays[2], arrays[3]), (arrays[4], arrays[5])
    assert sign(orientations(a, b, p, exact_differences=False)[0]) == expected


def test_where_differences_are_exact_the_short_way_is_right_too() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.uniform([113, 37], [114, 38], (20_000, 2)).T, rng.uniform([113, 37], [114, 38], (20_000, 2)).T
    share = rng.choice([0.0, 0.25, 0.5, 1.0, 0.3], 20_000)
    p = a + share * (b - a)
    p = p + rng.integers(-1, 2, p.shape) * np.spacing(p)
    assert differences_are_exact(113.0, 114.0)
    found = orientations((a[0], a[1]), (b[0], b[1]), (p[0], p[1]), exact_differences=True)
    expected = [by_fractions(*six) for six in np.stack([*a, *b, *p], axis=1).tolist()]
    np.testing.assert_array_equal(np.sign(found), expected)
    assert expected.count(0) > 1000


@pytest.mark.parametrize(
    ("low", "high", "exact"),
    [(113, 114, True), (-114, -113, True), (1, 2, True), (1, 2.1, False), (-1, 1, False), (0, 1, False), (1e-9, 1.5e-9, False)],
)
def test_when_differences_are_exact(low: float, high: float, exact: bool) -> None:
    assert differences_are_exact(low, high) is exact
