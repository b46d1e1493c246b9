"""The rules about codes and kinship."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import shapely
from shapely import MultiPolygon, box

from boundaries.checks import RULES, Coverage, Rule, run
from boundaries.model import Defect

from .conftest import LEVELS, areas_of

Found = Callable[..., list[Defect]]
CELLS = [box(at * 100, 0, at * 100 + 100, 100) for at in range(4)]

# One street, two communities, four grids: rows 0, 1-2, 3-6. Only grids own shapes.
LEVEL = ["street", "community", "community", "grid", "grid", "grid", "grid"]
CODE = ["s", "c1", "c2", "g1", "g2", "g3", "g4"]
PARENT = ["", "s", "s", "c1", "c1", "c2", "c2"]


def family(
    code: Sequence[Any] = CODE, parent: Sequence[Any] = PARENT, supplied: Sequence[Any] = (None,) * 3, level: Sequence[str] = LEVEL
) -> dict[str, Any]:
    return {"levels": LEVELS, "code": code, "parent_code": parent, "level": level, "shapes": [*supplied, *CELLS]}


def check(found: Found, **options: Any) -> list[Defect]:
    given = family(**options)
    return found(*given.pop("shapes"), **given)


def summary(defects: list[Defect]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(defect.rule, defect.severity, defect.areas) for defect in defects]


def test_a_sound_family_is_clean(found: Found) -> None:
    assert check(found) == []
    union = shapely.union_all(CELLS)
    assert check(found, supplied=[union, shapely.union_all(CELLS[:2]), shapely.union_all(CELLS[2:])]) == []


def test_codes_missing_malformed_and_doubled(found: Found) -> None:
    assert summary(check(found, code=["s", "c1", "c2", None, "g2", "G 3", "g2"])) == [
        ("missing_code", "error", ("#3",)),
        ("malformed_code", "error", ("G 3",)),
        ("duplicate_code", "error", ("g2", "g2")),
    ]


def test_the_same_code_on_two_levels_is_no_duplicate_and_finds_the_nearer_parent(found: Found) -> None:
    code, parent = ["x", "x", "c2", "g1", "g2", "g3", "g4"], ["", "x", "x", "x", "x", "c2", "c2"]
    assert check(found, code=code, parent=parent) == []
    coverage = Coverage.of(areas_of(family()["shapes"], code=code, parent_code=parent, level=LEVEL), levels=LEVELS)
    assert coverage.parents.tolist() == [-1, 0, 0, 1, 1, 2, 2]


def test_orphans(found: Found) -> None:
    defects = check(found, parent=["", "s", "s", "c9", None, "c2", "c2"])
    assert summary(defects) == [
        ("orphan", "error", ("g1",)),
        ("orphan", "error", ("g2",)),
        ("parent_without_leaves", "warning", ("c1",)),
    ]
    assert "c9" in defects[0].text("zh")
    assert defects[0].place is not None


def test_a_parent_must_be_of_a_level_above(found: Found) -> None:
    assert summary(check(found, parent=["c1", "s", "s", "c1", "g1", "c2", "c2"])) == [
        ("orphan", "error", ("g2",)),
        ("orphan", "error", ("s",)),
    ]


def test_circles_of_parents_without_levels(found: Found) -> None:
    defects = found(None, None, None, CELLS[0], parent_code=["b", "c", "a", "a"])
    assert summary(defects)[0] == ("parent_circle", "error", ("a", "b", "c"))
    assert "a > b > c > a" in defects[0].text("en")
    assert len([defect for defect in defects if defect.rule == "parent_circle"]) == 1


def test_a_leaf_of_any_level_by_its_kind_and_compounds_beside_the_ladder(found: Found) -> None:
    shapes = [None, CELLS[0], CELLS[1], box(50, 0, 150, 100)]
    columns = {
        "level": ["street", "community", "street", "compound"],
        "kind": ["", "village", "rest", ""],
        "code": ["s", "v", "r", "c"],
        "parent_code": ["", "s", "", "nobody"],
    }
    assert found(*shapes, levels=LEVELS, **columns) == []


def test_a_leaf_may_have_no_shape_of_its_own(found: Found) -> None:
    assert check(found, parent=[*PARENT[:6], "c2"]) == []
    given = family()
    given["shapes"][6] = None  # shares the face of another
    assert found(*given.pop("shapes"), **given) == []


def test_a_column_may_say_which_rows_are_leaves(found: Found) -> None:
    assert found(shapely.union_all(CELLS[:2]), *CELLS[:2], leaf=[False, True, True], parent_code=["", "a", "a"]) == []
    assert {defect.rule for defect in found(shapely.union_all(CELLS[:2]), *CELLS[:2])} == {"overlap"}


def test_leaves_that_reach_out_of_a_supplied_parent(found: Found) -> None:
    defects = check(found, supplied=[None, box(0, 0, 190, 100), None])
    assert summary(defects) == [("outside_parent", "warning", ("g2", "c1"))]
    assert defects[0].size == 1000


def test_leaves_that_lie_in_another_supplied_parent(found: Found) -> None:
    west, east = box(0, 0, 100, 100), box(100, 0, 400, 100)
    defects = check(found, supplied=[None, west, east])
    assert summary(defects) == [
        ("wrong_parent", "warning", ("g2", "c1", "c2")),
        ("parent_differs", "warning", ("c2",)),
    ]
    assert defects[1].size == 10_000
    (alone,) = check(found, supplied=[None, west, None])
    assert "lies in none" in alone.text("en")


def test_supplied_parents_that_are_more_than_their_leaves(found: Found) -> None:
    differs, uncovered = check(found, supplied=[box(0, 0, 400, 110), None, None])
    assert (differs.rule, differs.areas, differs.size) == ("parent_differs", ("s",), 4000)
    assert (uncovered.rule, uncovered.areas, uncovered.size) == ("uncovered_outline", ("s", "g1", "g2", "g3", "g4"), 4000)
    assert check(found, supplied=[box(0, 0, 400, 100.002), None, None]) == []  # below a square metre


def test_a_supplied_parent_in_pieces_is_no_multipart_leaf(found: Found) -> None:
    pieces = MultiPolygon([shapely.union_all(CELLS), box(900, 0, 910, 10)])
    assert summary(check(found, supplied=[pieces, None, None])) == [
        ("parent_differs", "warning", ("s",)),
        ("uncovered_outline", "warning", ("s",)),
    ]


def test_a_rule_is_one_entry_and_order_is_by_severity_rule_and_area() -> None:
    frame = areas_of([CELLS[0], CELLS[0]])
    own = Rule("own", "", "", lambda coverage: [Defect("own", "info", (code,), None, "", "") for code in reversed(coverage.codes)])
    assert summary(run(frame, rules=[own, *RULES])) == [
        ("overlap", "error", ("a", "b")),
        ("own", "info", ("a",)),
        ("own", "info", ("b",)),
    ]


def test_names_of_rules_are_unique_and_in_both_languages() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.en and rule.zh and rule.check.__doc__ for rule in RULES)


@pytest.mark.parametrize("row", range(7))
def test_without_any_one_row_nothing_breaks(row: int) -> None:
    given = family()
    frame = areas_of(given["shapes"], code=CODE, parent_code=PARENT, level=LEVEL).drop(index=row)
    rules = {defect.rule for defect in run(frame, levels=LEVELS)}
    assert rules <= {"orphan", "parent_without_leaves"}
    assert ("orphan" in rules) == (row < 3)
