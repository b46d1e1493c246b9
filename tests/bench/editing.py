"""The edit engine on the full model city: 5,000 operations under fire, the time of each kind, proofs, diff and impact."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from boundaries.demo import build_city, levels
from boundaries.editing import Draft, Located, PointLayer, Workspace, diff, fuzz, prove_state
from boundaries.editing.attempts import attempt
from boundaries.errors import EditError

OPERATIONS, SEED = 5_000, 20261124
CASES, ADDRESSES = 20_000, 35_000
SPREAD_DEGREES = 3e-4  # some 30 m: a case is near an address, not on it


def milliseconds(function: Callable[[], Any], times: int = 3) -> float:
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        function()
        spent.append(time.perf_counter() - start)
    return float(np.median(spent)) * 1e3


def under_fire(base: Workspace) -> bool:
    report = fuzz(base, operations=OPERATIONS, seed=SEED)
    print(f"fuzz: {report.operations} operations, {report.committed} committed, {report.seconds:.1f} s; refused {report.refused}")
    print(f"  coverage valid {report.coverage_valid}, off the grid {report.off_grid_vertices}, drift {report.outline_drift_m2:.6f} m2")
    for kind, (tried, done, median) in report.by_kind.items():
        print(f"  {kind:<24} {tried:5d} tried {done:5d} done  median {median:6.2f} ms")
    return report.coverage_valid and report.off_grid_vertices == 0 and report.outline_drift_m2 <= 0.1


def point_layers(addresses: Any) -> list[PointLayer]:
    rng = np.random.default_rng(SEED)
    drawn = rng.integers(len(addresses), size=CASES)
    near = rng.normal(0, SPREAD_DEGREES, (2, CASES))
    lons, lats = addresses["lon"].to_numpy(), addresses["lat"].to_numpy()
    some = rng.integers(len(addresses), size=ADDRESSES)
    return [
        PointLayer("cases", range(CASES), lons=lons[drawn] + near[0], lats=lats[drawn] + near[1]),
        PointLayer("addresses", range(ADDRESSES), lons=lons[some], lats=lats[some], weights=addresses["households"].to_numpy()[some]),
    ]


def with_impact(base: Workspace, layers: list[PointLayer]) -> Draft:
    """Edits each followed by its impact; prints medians and 95th percentiles."""
    draft = Draft(base)
    located = Located(draft.workspace, layers)
    rng = np.random.default_rng(SEED)
    keys = sorted(base.leaves.shapes)
    spent: dict[str, list[tuple[float, float]]] = {}
    for kind in ("split_across", "reshape", "transfer", "merge", "move_vertex", "retire", "reassign") * 60:
        key = keys[int(rng.integers(len(keys)))]
        if key not in draft.workspace.leaves:
            continue
        operation = attempt(draft.workspace, rng, kind, [key])
        start = time.perf_counter()
        try:
            change = draft.preview(operation)
        except EditError:
            continue
        edited = time.perf_counter()
        located.impact(change)
        spent.setdefault(kind, []).append((edited - start, time.perf_counter() - edited))
        located.advance(change)
        draft.install(change)
    for kind, pairs in spent.items():
        (edit, impact), (edit95, impact95) = np.median(pairs, axis=0) * 1e3, np.quantile(pairs, 0.95, axis=0) * 1e3
        print(f"  {kind:<16} edit {edit:6.2f} ms (p95 {edit95:6.2f})   impact {impact:5.2f} ms (p95 {impact95:5.2f})")
    return draft


def main() -> int:
    city = build_city(seed=1, scale=1.0)
    base = Workspace.from_frame(city.areas, levels())
    print(f"{platform.node()}: {len(base.leaves.shapes)} leaves, {len(base)} areas; copy {milliseconds(base.copy):.1f} ms")
    print(f"two proofs and hash of the whole: {milliseconds(lambda: prove_state(base)):.0f} ms")
    print("impact of single operations, 20,000 cases and 35,000 addresses:")
    draft = with_impact(base, point_layers(city.addresses))
    few = Draft(base, draft.changes[:50])
    before, after = base.members(), few.workspace.members()
    print(f"diff of 50 operations ({len(diff(before, after).areas)} areas): {milliseconds(lambda: diff(before, after)):.1f} ms")
    return 0 if under_fire(base) else 1


if __name__ == "__main__":
    sys.exit(main())
