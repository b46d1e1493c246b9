"""Duplicates: the same matter at the same place, reported again within two days."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

WITHIN_S = 2 * 86_400
MERGED_SHARE = 0.5


def find_repeats(rng: np.random.Generator, keys: Sequence[Hashable], at_s: Sequence[int]) -> NDArray[np.int64]:
    """For each report (ascending by time) the row of the first report of the same key it repeats, or -1.

    Half of the possible ones are found out, as in life. The row named is never a repeat itself.
    """
    first: dict[Hashable, tuple[int, int]] = {}
    repeats = np.full(len(keys), -1, dtype=np.int64)
    noticed = rng.random(len(keys)) < MERGED_SHARE
    for row, (key, at) in enumerate(zip(keys, at_s, strict=True)):
        known = first.get(key)
        if known is not None and at - known[1] <= WITHIN_S and noticed[row]:
            repeats[row] = known[0]
        else:
            first[key] = (row, at)
    return repeats
