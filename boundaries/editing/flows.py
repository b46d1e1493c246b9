"""Where land and households went: old leaf -> new leaf, by overlay of what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import shapely

from boundaries.editing.workspace import Workspace

__all__ = ["Flow", "apportioned", "flows"]


class Flow(NamedTuple):
    """A piece of an old leaf in a new one. Shares are of the old leaf, 0..1."""

    old: int
    new: int
    area_m2: float
    area_share: float
    household_share: float


def flows(workspace: Workspace, old: Mapping[int, Any], new: Mapping[int, Any]) -> list[Flow]:
    """The pieces of more than `material_m2`, by old and new key. old, new: shapes by key; the same land on both sides.

    Households go by the weights of the workspace's address points where it has any in the old leaf, else by land.
    """
    least = workspace.policy.material_m2
    found: list[Flow] = []
    targets = list(new)
    boxes = shapely.bounds(list(new.values())) if targets else np.empty((0, 4))
    for key, shape in old.items():
        if key in new and new[key] is shape:
            found.append(Flow(key, key, shape.area, 1.0, 1.0))
            continue
        box = shapely.bounds(shape)
        close = (boxes[:, :2] <= box[2:]).all(axis=1) & (boxes[:, 2:] >= box[:2]).all(axis=1)
        near = [targets[position] for position in np.flatnonzero(close).tolist()]
        pieces = {other: _common(shape, new[other]) for other in near}
        sizes = {other: piece.area for other, piece in pieces.items()}
        sizes = {other: size for other, size in sizes.items() if size > least or (other == key and size > 0)}
        weights = _weights(workspace, shape, {other: pieces[other] for other in sizes})
        land, homes = sum(sizes.values()), sum(weights.values())
        for other in sorted(sizes):
            share = sizes[other] / land
            found.append(Flow(key, other, sizes[other], share, weights[other] / homes if homes > 0 else share))
    return found


def _common(one: Any, other: Any) -> Any:
    """The land of both. Most pairs are whole: a part of a split lies in the leaf it was cut from."""
    return shapely.intersection(one, other)


def _weights(workspace: Workspace, shape: Any, pieces: Mapping[int, Any]) -> dict[int, float]:
    layer = workspace.households
    if layer is None or len(pieces) < 2:
        return dict.fromkeys(pieces, 0.0)
    return {key: float(layer.weight_in(piece, workspace.metric_crs)) for key, piece in pieces.items()}


def apportioned(households: int, shares: Mapping[int, float]) -> dict[int, int]:
    """Households by share, whole numbers with the same sum (largest remainders; of equals the smaller key)."""
    total = sum(shares.values())
    if not total:
        return dict.fromkeys(shares, 0)
    exact = {key: households * share / total for key, share in shares.items()}
    whole = {key: int(value) for key, value in exact.items()}
    left = households - sum(whole.values())
    for key in sorted(exact, key=lambda key: (whole[key] - exact[key], key))[:left]:
        whole[key] += 1
    return whole
