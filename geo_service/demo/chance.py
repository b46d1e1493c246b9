"""Reproducible chance: one independent generator for each purpose, the same on every machine and in every run."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def generator(seed: int, purpose: str) -> np.random.Generator:
    """A generator of its own for a purpose: what one filler draws never moves what another one draws."""
    return np.random.default_rng([seed, zlib.crc32(purpose.encode())])


def pick(rng: np.random.Generator, weights: Sequence[float] | NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """`count` positions in `weights`, drawn with those weights (any positive sum)."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(cumulative, rng.random(count) * cumulative[-1], side="right")
    return np.asarray(np.minimum(drawn, len(cumulative) - 1), dtype=np.int64)
