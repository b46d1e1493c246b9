"""The engine under fire: thousands of random and adversarial operations, and what is left of the map afterwards."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import shapely

from boundaries.editing.apply import apply
from boundaries.editing.attempts import KINDS, attempt
from boundaries.editing.certificate import count_edges
from boundaries.editing.workspace import Workspace
from boundaries.errors import EditError

__all__ = ["FuzzReport", "fuzz"]


@dataclass(frozen=True, slots=True)
class FuzzReport:
    """operations: tried. committed: done. refused: {code: count}. coverage_valid: all shapes valid and the coverage, too, by both proofs.

    off_grid_vertices: not a multiple of 1 mm. outline_drift_m2: land between the outline of the city before and after. seconds: of the
    operations alone. by_kind: {kind of attempt: (tried, committed, median milliseconds)}.
    """

    operations: int
    committed: int
    refused: dict[str, int]
    coverage_valid: bool
    off_grid_vertices: int
    outline_drift_m2: float
    seconds: float
    by_kind: dict[str, tuple[int, int, float]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The report as a JSON document."""
        return asdict(self)


def fuzz(state: Workspace, *, operations: int, seed: int) -> FuzzReport:
    """Applies operations drawn by chance to a copy of a workspace; the same ones for the same seed.

    Anything but a certified change or an EditError would be raised: a report at all says that there was no such thing.
    """
    workspace = state.copy()
    rng = np.random.default_rng(seed)
    outline = _outline(workspace)
    kinds = list(KINDS)
    refused: dict[str, int] = {}
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    done = dict.fromkeys(kinds, 0)
    keys = sorted(workspace.leaves.shapes)
    for number in range(operations):
        if number % 50 == 0:
            keys = sorted(workspace.leaves.shapes)
        kind = kinds[int(rng.integers(len(kinds)))]
        here = [key for key in keys if key in workspace.leaves] if keys[0] not in workspace.leaves else keys
        operation = _drawn_on_living(workspace, rng, kind, here)
        start = time.perf_counter()
        try:
            change = apply(workspace, operation)
            workspace.install(change.after, outline_drift_m2=change.outline_drift_m2)
            done[kind] += 1
        except EditError as error:
            refused[error.code] = refused.get(error.code, 0) + 1
        times[kind].append(time.perf_counter() - start)
    _, shapes = workspace.polygons()
    edges = count_edges(shapes)
    return FuzzReport(
        operations=operations,
        committed=sum(done.values()),
        refused=dict(sorted(refused.items())),
        coverage_valid=bool(shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)) and edges.holds,
        off_grid_vertices=edges.off_grid,
        outline_drift_m2=float(shapely.area(shapely.symmetric_difference(outline, _outline(workspace)))),
        seconds=round(sum(map(sum, times.values())), 3),
        by_kind={k: (len(spent), done[k], round(float(np.median(spent)) * 1e3, 2)) for k, spent in times.items() if spent},
    )


def _drawn_on_living(workspace: Workspace, rng: np.random.Generator, kind: str, keys: list[int]) -> Any:
    while True:
        key = keys[int(rng.integers(len(keys)))]
        if key in workspace.leaves:
            return attempt(workspace, rng, kind, [key])


def _outline(workspace: Workspace) -> Any:
    return shapely.coverage_union_all(workspace.polygons()[1])
