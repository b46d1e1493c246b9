"""On which side of an edge a point lies: exact, for one point and for arrays.

The sign of `(ax - px) * (by - py) - (ay - py) * (bx - px)`: positive where p is left of a -> b, 0 exactly on the line. Floats are
the rationals they are; no tolerance decides anything. Three steps, each for the few the step before left undecided:

1. plain float arithmetic with a proven error bound (J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997, ccwerrboundA);
   where all differences are known to be exact (Sterbenz's lemma), the two rounded products need only differ: rounding is monotone;
2. where the differences are exact: the rounding errors of both products (T. J. Dekker, 1971), compared;
3. rational arithmetic.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Points = tuple[Floats, Floats]

_BOUND = (3.0 + 16.0 * 2.0**-53) * 2.0**-53
_TINY = 1e-250  # below this a product may have lost bits to underflow, and no relative bound holds
_SPLITTER = 2.0**27 + 1.0


def differences_are_exact(low: float, high: float) -> bool:
    """True where u - v is exact for all floats u, v within [low, high]: one sign and within a factor of two (Sterbenz's lemma).

    Numbers below 1e-3 are left out, so that no product of two differences underflows.
    """
    if high < 0.0:
        low, high = -high, -low
    return low >= 1e-3 and high <= 2.0 * low


def orientation(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> float:
    """A number with the exact sign of p's side of a -> b: > 0 left, < 0 right, 0 on the line. Finite input."""
    left, right = (ax - px) * (by - py), (ay - py) * (bx - px)
    area = left - right
    if abs(area) > _BOUND * (abs(left) + abs(right)) + _TINY:
        return area
    return _by_fractions(ax, ay, bx, by, px, py)


def orientations(a: Points, b: Points, p: Points, *, exact_differences: bool) -> Floats:
    """Numbers with the exact signs of `orientation`, for arrays of equal length.

    a, b, p: pairs of arrays (x, y). exact_differences: `differences_are_exact` holds for the xs and for the ys.
    """
    (ax, ay), (bx, by), (px, py) = a, b, p
    left = (ax - px) * (by - py)
    right = (ay - py) * (bx - px)
    area: Floats = left - right
    if exact_differences:
        undecided = np.flatnonzero(left == right)
    else:
        undecided = np.flatnonzero(np.abs(area) <= _BOUND * (np.abs(left) + np.abs(right)) + _TINY)
    if undecided.size:
        few = [(x[undecided], y[undecided]) for x, y in (a, b, p)]
        area[undecided] = _by_error_terms(few[0], few[1], few[2], left[undecided], right[undecided])
    return area


def _by_error_terms(a: Points, b: Points, p: Points, left: Floats, right: Floats) -> Floats:
    """Exact signs where all four differences are exact, by the rounding errors of the products; the rest by fractions."""
    (ax, ay), (bx, by), (px, py) = a, b, p
    pairs = ((ax, px), (by, py), (ay, py), (bx, px))
    w, x, y, z = (u - v for u, v in pairs)
    errors = _product_error(w, x, left) - _product_error(y, z, right)
    signs: Floats = np.where(left == right, np.sign(errors), np.sign(left - right))
    unsure = np.zeros(len(ax), bool)
    for u, v in pairs:
        unsure |= _difference_error(u, v) != 0.0
    unsure |= (np.abs(left) < _TINY) & (w != 0.0) & (x != 0.0)
    unsure |= (np.abs(right) < _TINY) & (y != 0.0) & (z != 0.0)
    for i in np.flatnonzero(unsure).tolist():
        signs[i] = _by_fractions(*(float(v[i]) for v in (ax, ay, bx, by, px, py)))
    return signs


def _difference_error(u: Floats, v: Floats) -> Floats:
    """What u - v lost to rounding, exactly (D. E. Knuth's two-sum)."""
    difference = u - v
    virtual = u - difference
    error: Floats = (u - (difference + virtual)) + (virtual - v)
    return error


def _product_error(u: Floats, v: Floats, product: Floats) -> Floats:
    """u * v - product, exactly, if nothing underflows."""
    big = _SPLITTER * u
    u_high = big - (big - u)
    u_low = u - u_high
    big = _SPLITTER * v
    v_high = big - (big - v)
    v_low = v - v_high
    error: Floats = ((u_high * v_high - product) + u_high * v_low + u_low * v_high) + u_low * v_low
    return error


def _by_fractions(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> float:
    x, y = Fraction(px), Fraction(py)
    left, right = (Fraction(ax) - x) * (Fraction(by) - y), (Fraction(ay) - y) * (Fraction(bx) - x)
    return float((left > right) - (left < right))
