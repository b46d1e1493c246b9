"""Whole numbers in proportion: how many communities, grids or homes each part gets, with exactly the wanted sum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def share_out(weights: Sequence[float], total: int, *, low: int = 1, high: int = 10**9) -> list[int]:
    """Returns whole numbers proportional to `weights` that sum to `total`, each within [low, high].

    Largest remainders win, ties by position. Where the limits cannot hold the total, the sum wins and the limits give way evenly.
    """
    w = np.maximum(np.asarray(weights, dtype=float), 1e-9)
    if total <= low * len(w):
        return _even(total, len(w))
    if total >= high * len(w):
        return _even(total, len(w))
    factor = total / w.sum()
    want = np.clip(w * factor, low, high)
    for _ in range(80):
        want = np.clip(w * factor, low, high)
        factor *= total / want.sum()
    numbers = np.floor(want + 1e-9).astype(int)
    order = np.argsort(-(want - numbers), kind="stable").tolist()
    while numbers.sum() != total:
        step = 1 if numbers.sum() < total else -1
        for i in order:
            if numbers.sum() == total:
                break
            if low <= numbers[i] + step <= high:
                numbers[i] += step
    return [int(n) for n in numbers]


def _even(total: int, parts: int) -> list[int]:
    return [total // parts + (1 if i < total % parts else 0) for i in range(parts)]
