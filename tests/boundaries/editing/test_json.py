"""Operations on the wire: both ways the same, and strict."""

import json
from typing import Any

import numpy as np
import pytest

from boundaries.editing import (
    AbsorbGap,
    Adopt,
    AdoptedArea,
    Carve,
    Draft,
    Merge,
    MoveVertices,
    Operation,
    Reassign,
    Recode,
    Redo,
    Rename,
    Reshape,
    Retire,
    Split,
    Transfer,
    Undo,
    Workspace,
    from_json,
)
from boundaries.editing.attempts import KINDS
from boundaries.errors import EditError
from boundaries.geometry import to_lonlat
from tests.city import A1

LINE = ((113.579123456, 37.861234567), (113.58, 37.862))
RING = (*LINE, (113.581, 37.86))
ALL: list[Operation] = [
    Split(17, LINE),
    Split(
        17,
        LINE,
        keep=(113.58, 37.86),
        new_code="1",
        new_name="新",
        new_level="grid",
        new_kind="k",
        new_parent=3,
        new_key=-4,
        sharers={5: "new"},
    ),
    Reshape((1, 2), LINE),
    MoveVertices(((LINE[0], LINE[1]),)),
    Transfer(3, RING),
    Carve(RING, new_code="12"),
    Merge((1, 2, 3), survivor=2),
    Reassign((4, -5), 6),
    Rename(1, "北门"),
    Recode(1, "12"),
    Retire(1, (2, 3)),
    Retire(1),
    AbsorbGap(LINE[0], 4),
    Undo(),
    Redo(),
]


@pytest.mark.parametrize("operation", ALL, ids=lambda operation: operation.kind)
def test_every_operation_comes_back_the_same(operation: Operation) -> None:
    assert from_json(json.loads(json.dumps(operation.to_json()))) == operation


def test_an_adoption_comes_back_the_same_too(demo_base: Workspace) -> None:
    key = min(demo_base.leaves.shapes)
    area = AdoptedArea(key, to_lonlat(demo_base.shape(key), demo_base.metric_crs))
    assert from_json(json.loads(json.dumps(Adopt((area,), (3,)).to_json()))) == Adopt((area,), (3,))


GOOD: dict[str, Any] = {"kind": "split", "area": 1, "line": [[113.5, 37.8], [113.6, 37.9]]}


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "split",
        {},
        {"kind": "explode"},
        {"kind": ["split"]},
        {"kind": "split", "area": 1},
        {**GOOD, "extra": 1},
        {**GOOD, "area": "1"},
        {**GOOD, "area": True},
        {**GOOD, "area": 1.5},
        {**GOOD, "area": 2**70},
        {**GOOD, "line": [[113.5, 37.8]]},
        {**GOOD, "line": [[113.5, 37.8], [113.6, float("nan")]]},
        {**GOOD, "line": [[113.5, 37.8], [113.6, 97.9]]},
        {**GOOD, "line": [[113.5, 37.8], [113.6, 37.9, 0]]},
        {**GOOD, "line": [[113.5, 37.8], ["113.6", 37.9]]},
        {**GOOD, "line": [[113.5, 37.8]] * 5001},
        {**GOOD, "keep": "both"},
        {**GOOD, "new_code": " 1"},
        {**GOOD, "new_name": "x" * 201},
        {**GOOD, "sharers": {"a": "new"}},
        {**GOOD, "sharers": {"1": "gone"}},
        {"kind": "transfer", "target": 1, "lasso": [[113.5, 37.8], [113.6, 37.9], [113.5, 37.8]]},
        {"kind": "move_vertices", "moves": []},
        {"kind": "move_vertices", "moves": [[[113.5, 37.8]]]},
        {"kind": "merge", "areas": "1,2"},
        {"kind": "retire", "area": 1, "into": 2},
        {"kind": "absorb_gap", "place": [113.5, 37.8], "into": [2]},
        {"kind": "adopt", "areas": [1]},
        {"kind": "adopt", "areas": [{"key": 1, "shape": {"type": "Point", "coordinates": [1, 2]}}]},
        {"kind": "adopt", "areas": [{"key": 1, "shape": "POLYGON EMPTY"}]},
        {"kind": "adopt", "areas": [{"key": 1, "shape": None, "more": 1}]},
        {"kind": "reassign", "areas": [{"key": 1, "shape": {"type": "Polygon", "coordinates": []}}], "parent": 1},
    ],
)
def test_anything_else_is_refused(document: Any) -> None:
    with pytest.raises(EditError) as refused:
        from_json(document)
    assert refused.value.code == "MALFORMED"
    assert refused.value.text("zh") != refused.value.text("en")


def test_nine_decimals_come_back_to_the_same_millimetre(demo_base: Workspace) -> None:
    draft = Draft(demo_base)
    key = min(key for key in demo_base.leaves.shapes if demo_base[key].level == "micro_grid")
    change = draft.apply(KINDS["split_across"](demo_base, np.random.default_rng(1), key))
    again = Draft.replay(demo_base, [from_json(json.loads(json.dumps(change.operation.to_json())))])
    assert again.changes[0].after == change.after


def test_a_decided_operation_says_everything(tiny: Workspace, line: Any) -> None:
    change = Draft(tiny).apply(Split(tiny.find(f"{A1}01").key, line((30, -5), (30, 105))))
    said = change.operation.to_json()
    assert {"new_key", "new_code", "new_level", "new_parent", "keep"} <= set(said)
    assert said["new_key"] == -1
