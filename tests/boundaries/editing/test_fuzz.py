"""The bar of the engine: 300 random and adversarial operations, and the map is whole afterwards."""

import pytest

from boundaries.editing import Policy, Workspace, fuzz
from boundaries.editing.attempts import KINDS
from boundaries.editing.refusals import REFUSALS


@pytest.mark.parametrize("seed", [1, 20261124])
def test_three_hundred_operations_break_nothing(demo_base: Workspace, seed: int) -> None:
    report = fuzz(demo_base, operations=300, seed=seed)
    assert report.operations == 300 == report.committed + sum(report.refused.values())
    assert report.committed > 150
    assert set(report.refused) <= set(REFUSALS)
    assert report.coverage_valid
    assert report.off_grid_vertices == 0
    assert report.outline_drift_m2 <= 0.1
    assert set(report.by_kind) == set(KINDS)


def test_the_same_seed_does_the_same(demo_base: Workspace) -> None:
    one, other = (fuzz(demo_base, operations=40, seed=9) for _ in range(2))
    assert (one.committed, one.refused) == (other.committed, other.refused)


def test_a_broken_map_is_reported(demo_base: Workspace) -> None:
    key = min(key for key in demo_base.leaves.shapes if demo_base[key].level == "micro_grid")
    shrunk = demo_base[key].geometry.buffer(-5)
    states = [state if state.key != key else state.but(geometry=shrunk) for state in demo_base.members()]
    broken = Workspace(states, levels=list(demo_base.levels.values()), metric_crs=demo_base.metric_crs)
    report = fuzz(broken, operations=1, seed=1)
    assert report.off_grid_vertices > 0
    assert not report.coverage_valid


def test_drift_of_a_whole_draft_is_bounded(demo_base: Workspace) -> None:
    workspace = demo_base.copy()
    workspace.policy = Policy(draft_drift_m2=0.0, outline_drift_m2=0.0)
    report = fuzz(workspace, operations=200, seed=2)
    assert report.outline_drift_m2 < 1e-6
    assert report.coverage_valid
