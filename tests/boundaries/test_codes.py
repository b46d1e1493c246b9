"""Code schemes: patterns, parents read off codes, rest codes, refusals by row."""

from __future__ import annotations

import pytest

from boundaries.codes import SCHEMES, check_codes, duplicates, is_code, malformed, parent_code, rest_code
from boundaries.errors import CodeError


@pytest.mark.parametrize(
    ("level", "code", "parent"),
    [
        ("city", "140300", None),
        ("district", "140302", "140300"),
        ("street", "140302001", "140302"),
        ("community", "140302001003", "140302001"),
        ("grid", "140302001003008", "140302001003"),
        ("micro_grid", "14030200100300817", "140302001003008"),
        ("micro_grid", "140302001003008-17", None),
        ("service_grid", "11010500000000560103", None),
        ("no such level", "1", None),
    ],
)
def test_parents_are_read_off_codes(level: str, code: str, parent: str | None) -> None:
    assert parent_code(code, level) == parent


def test_the_table_is_consistent_and_claims_nothing() -> None:
    for level, scheme in SCHEMES.items():
        assert scheme.level == level
        assert is_code("1" * (scheme.length - 2) + "00", scheme.pattern)
        assert not is_code("1" * (scheme.length + 1), scheme.pattern)
        assert "conform" not in scheme.source


def test_a_rest_code_is_the_parents_filled_with_nines_and_loses_every_tie() -> None:
    assert rest_code("140302001") == "14030200199999999"
    assert rest_code("140302001003008") == "14030200100300899"
    assert rest_code("140302001") > "14030200199899898"
    assert rest_code("R7") == "R7999999999999999"


@pytest.mark.parametrize("parent", ["", "1" * 17, "1" * 20, " 14", None])
def test_no_rest_code_without_room(parent: str) -> None:
    with pytest.raises(CodeError) as refusal:
        rest_code(parent)
    assert refusal.value.code == "no_rest_code"


@pytest.mark.parametrize("code", [None, "", " ", " 12", "12 ", "1\n2", "1\x002", "\ud800", 12, float("nan"), True])
def test_what_is_no_code(code: object) -> None:
    assert not is_code(code)
    assert malformed([code, "ok"]) == [0]


def test_text_in_any_script_is_a_code_where_no_pattern_says_otherwise() -> None:
    assert is_code("城区-01")
    assert is_code("Ward No 7")
    assert not is_code("Ward No 7", r"[0-9]+")
    assert not is_code("12x", "12")


def test_duplicates_are_found_with_their_rows() -> None:
    assert duplicates(["b", "a", "b", None, None, "", "", "a", "b"]) == {"b": [0, 2, 8], "a": [1, 7]}


def test_codes_are_refused_row_by_row_in_both_languages() -> None:
    check_codes(["1", "2"], pattern="[0-9]")
    with pytest.raises(CodeError) as refusal:
        check_codes(["1", None, "x", "1", float("nan")], pattern="[0-9]", level="grid")
    error = refusal.value
    assert error.code == "codes_unusable"
    assert [(item.code, item.row) for item in error.items] == [
        ("code_missing", 1),
        ("code_malformed", 2),
        ("code_missing", 4),
        ("code_duplicate", 3),
    ]
    assert "4 codes (grid)" in error.text("en")
    assert "第 1 行没有编码" in error.text("zh")


def test_a_long_list_of_bad_codes_is_cut() -> None:
    with pytest.raises(CodeError) as refusal:
        check_codes([None] * 1000)
    assert len(refusal.value.items) == 100
    assert "1000 codes" in str(refusal.value)
