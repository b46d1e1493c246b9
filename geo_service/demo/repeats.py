"""Duplicates: the same matter at the same place, reported again within two days."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from geo_service.cases.consultation import ENTRY_RULES
from geo_service.cases.model import REPEAT_WITHIN

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


def find_recurring(keys: Sequence[Hashable | None], at_s: Sequence[int]) -> NDArray[np.bool_]:
    """Which reports (ascending by time) are of a key that was reported so often in the thirty days before that it asks for consultation.

    keys: the leaf and the category, None where nobody knows the leaf.
    """
    often = min((int(rule.least) for rule in ENTRY_RULES if rule.measure == "repeats"), default=len(keys) + 1)
    within_s, earlier = REPEAT_WITHIN.total_seconds(), dict[Hashable, list[int]]()
    recurring = np.zeros(len(keys), dtype=bool)
    for row, (key, at) in enumerate(zip(keys, at_s, strict=True)):
        if key is None:
            continue
        known = earlier.setdefault(key, [])
        recurring[row] = sum(at - one < within_s for one in known[-often:]) >= often
        known.append(at)
    return recurring
