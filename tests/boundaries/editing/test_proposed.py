"""A proposed repair is an operation on a draft, and does what it says."""

from typing import Any

import geopandas as gpd
import pytest
import shapely

from boundaries import checks
from boundaries.checks.proposals import OPERATIONS, proposal
from boundaries.editing import Draft, Workspace, operations_of
from boundaries.editing.operations import OPERATIONS as EDITS
from boundaries.store.preparing import frame_of
from tests import city

KEYS = {"a": 1, "b": 2, "p": 3}
RING = [[113.5, 37.8], [113.6, 37.8], [113.6, 37.9], [113.5, 37.8]]


@pytest.mark.parametrize(
    ("repair", "kinds"),
    [
        (proposal("transfer", target="a", lasso=RING), ["transfer"]),
        (proposal("transfer", target="a", lasso=[RING, RING]), ["transfer", "transfer"]),
        (proposal("absorb_gap", place=RING[0], into="b"), ["absorb_gap"]),
        (proposal("move_vertices", moves=[RING[:2]]), ["move_vertices"]),
        (proposal("merge", areas=["a", "b"], survivor="b"), ["merge"]),
        (proposal("split", area="a", line=RING[:2]), ["split"]),
        (proposal("reassign", areas=["a"], new_parent="p"), ["reassign"]),
        (proposal("reassign", areas=["a"], new_parent=None), []),
        (proposal("recode", area="a", new_code="c"), ["recode"]),
        (proposal("retire", areas=["a", "b"]), ["retire", "retire"]),
        (proposal("absorb_gap", place=RING[0], into=None), []),
        (proposal("merge", areas=["a", "#grids:7"], survivor="a"), []),
        (proposal("recode", area="a", new_code=" blank "), []),
        (proposal("make_valid", area="a"), []),
        (proposal("insert_vertex", place=RING[0], into=["a"]), []),
        (proposal("add_rest", parent="p", lasso=RING), []),
        (proposal("derive_parent", area="p"), []),
        (proposal("shift", datum="gcj02", east_m=1.0, north_m=2.0), []),
        (proposal("accept", areas=["a"]), []),
        (None, []),
    ],
)
def test_each_repair_is_an_edit_or_none(repair: Any, kinds: list[str]) -> None:
    assert [operation.kind for operation in operations_of(repair, KEYS)] == kinds


def test_every_repair_that_is_named_like_an_edit_is_one() -> None:
    assert {name for name in OPERATIONS if name in EDITS} == {
        *("transfer", "absorb_gap", "move_vertices", "merge", "split", "reassign", "recode", "retire")
    }


def findings(workspace: Workspace, rule: str) -> list[Any]:
    rules = [one for one in checks.RULES if one.name == rule]
    return checks.run(frame_of(workspace), levels=city.LEVELS, rules=rules)


def test_a_hole_is_filled_by_its_proposal(tiny: Workspace) -> None:
    keys = {state.code: state.key for state in tiny.members()}
    (hole,) = findings(tiny, "hole")
    draft = Draft(tiny)
    for operation in operations_of(hole.repair, keys):
        draft.apply(operation)
    assert findings(draft.workspace, "hole") == []


def test_a_leaf_too_small_is_merged_by_its_proposal() -> None:
    areas = city.areas()
    small = city.square(200, 0, 204, 4)
    big = areas.loc[areas["code"] == f"{city.B1}01", "geometry"].iloc[0]
    row = areas[areas["code"] == f"{city.B1}01"].assign(code=f"{city.B1}02", geometry=small, households=0)
    rest = shapely.difference(big, small)
    areas.loc[areas["code"] == f"{city.B1}01", "geometry"] = gpd.GeoSeries([rest], crs=city.CRS).to_numpy()
    neighbour = areas.loc[areas["code"] == f"{city.A1}02", "geometry"].iloc[0]
    noded = shapely.Polygon([*neighbour.exterior.coords[:-1], (city.EAST + 200, city.NORTH + 4)])
    ring = sorted(noded.exterior.coords[:-1], key=lambda c: neighbour.exterior.project(shapely.Point(c)))
    areas.loc[areas["code"] == f"{city.A1}02", "geometry"] = gpd.GeoSeries([shapely.Polygon(ring)], crs=city.CRS).to_numpy()
    workspace = Workspace.from_frame(gpd.GeoDataFrame([*areas.to_dict("records"), *row.to_dict("records")], crs=city.CRS), city.LEVELS)
    keys = {state.code: state.key for state in workspace.members()}
    (found,) = findings(workspace, "too_small")
    draft = Draft(workspace)
    for operation in operations_of(found.repair, keys):
        draft.apply(operation)
    assert findings(draft.workspace, "too_small") == []
    assert shapely.coverage_is_valid([draft.workspace.leaves.shapes[key] for key in draft.workspace.leaves.shapes])
