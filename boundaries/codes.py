"""Code schemes of areas as a table: pattern, length, how a parent's code is read off, and where the structure comes from.

Codes are attributes, never keys: an area keeps its code when its parent changes, so a parent read off a code is a first guess for a
file that names no parents, not a truth. The structures follow the sources named in the table as far as they could be read; nothing
here claims conformity with a standard. The micro-grid code is this project's own proposal (no national one is known).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from boundaries.errors import CodeError

__all__ = [
    "MICRO_GRID_LENGTH",
    "SCHEMES",
    "CodeScheme",
    "check_codes",
    "duplicates",
    "is_code",
    "malformed",
    "parent_code",
    "rest_code",
]

MICRO_GRID_LENGTH: Final = 17

_MOST_ITEMS: Final = 100


@dataclass(frozen=True, slots=True)
class CodeScheme:
    """How codes of one level are built.

    parts: the lengths of the groups, left to right. pattern: must match in full. parent_prefix / parent_fill: the parent's code is
    the first `parent_prefix` characters followed by `parent_fill`; None where a code says nothing of its parent. source: what the
    structure was taken from, for readers; not a claim of conformity.
    """

    level: str
    parts: tuple[int, ...]
    pattern: str
    parent_prefix: int | None
    parent_fill: str
    source: str

    @property
    def length(self) -> int:
        """Characters in a code."""
        return sum(self.parts)


SCHEMES: Final[dict[str, CodeScheme]] = {
    scheme.level: scheme
    for scheme in (
        CodeScheme("city", (4, 2), r"[0-9]{4}00", None, "", "division code as in GB/T 2260: province 2 + prefecture 2 + 00"),
        CodeScheme("district", (6,), r"[0-9]{6}", 4, "00", "division code as in GB/T 2260: province 2 + prefecture 2 + county 2"),
        CodeScheme("street", (6, 3), r"[0-9]{9}", 6, "", "statistical division code: county 6 + street or town 3 (GB/T 10114)"),
        CodeScheme("community", (6, 3, 3), r"[0-9]{12}", 9, "", "statistical division code: county 6 + street 3 + community or village 3"),
        CodeScheme("grid", (6, 3, 3, 3), r"[0-9A-Z]{15}", 12, "", "unit grid as cited from GB/T 47678.3: 6 + 3 + 3 + sequence 3"),
        CodeScheme("micro_grid", (15, 2), r"[0-9A-Z]{15}[0-9]{2}", 15, "", "own proposal: code of the grid 15 + sequence 2, no hyphen"),
        CodeScheme("service_grid", (6, 6, 3, 3, 2), r"[0-9]{20}", None, "", "community service grid as excerpted from CJ/T 349-2010"),
    )
}
"""By level. A city may use other codes: `Level.code_pattern` decides, this table only offers defaults."""


def is_code(code: object, pattern: str = "") -> bool:
    """Whether `code` is a usable code: text without blanks around it or control characters in it, matching `pattern` in full if given."""
    if not isinstance(code, str) or not code or code != code.strip() or not code.isprintable():
        return False
    return not pattern or re.fullmatch(pattern, code) is not None


def parent_code(code: str, level: str) -> str | None:
    """The code of the area above, as the scheme of `level` reads it off; None where the scheme says nothing or the code does not fit it.

    A rest code ends in 9s up to 17 characters: its parent is not read off here, for it hangs on whichever area it fills up.
    """
    scheme = SCHEMES.get(level)
    if scheme is None or scheme.parent_prefix is None or not is_code(code, scheme.pattern):
        return None
    return code[: scheme.parent_prefix] + scheme.parent_fill


def rest_code(parent: str) -> str:
    """The code of the rest leaf of an area: its code filled up to 17 characters with 9.

    On a shared border the smallest code wins, so a real leaf wins against the rest beside it. Raises CodeError `no_rest_code` when
    the parent's code already has 17 characters or is no code.
    """
    if not is_code(parent) or len(parent) >= MICRO_GRID_LENGTH:
        raise CodeError(
            "no_rest_code",
            en="No rest code can be made from {parent}: it must be shorter than {length} characters.",
            zh="无法由 {parent} 生成其余区域编码:其长度必须小于 {length} 位。",
            parent=repr(parent)[:60],
            length=MICRO_GRID_LENGTH,
        )
    return parent.ljust(MICRO_GRID_LENGTH, "9")


def duplicates(codes: Iterable[object]) -> dict[str, list[int]]:
    """The codes that occur more than once, with their rows (0-based), in order of first occurrence. None and '' are not counted."""
    rows: dict[str, list[int]] = {}
    for row, code in enumerate(codes):
        if isinstance(code, str) and code:
            rows.setdefault(code, []).append(row)
    return {code: where for code, where in rows.items() if len(where) > 1}


def malformed(codes: Iterable[object], pattern: str = "") -> list[int]:
    """The rows (0-based) whose code is missing or not a code of `pattern`."""
    return [row for row, code in enumerate(codes) if not is_code(code, pattern)]


def check_codes(codes: Sequence[object], *, pattern: str = "", level: str = "") -> None:
    """Nothing, when every code is present, of the pattern and unique.

    codes: one a row. pattern: regular expression to match in full, '' for any text. level: named in the messages. Raises CodeError
    `codes_unusable` with up to 100 `items`, one a row: `code_missing`, `code_malformed` or `code_duplicate`. To get findings instead
    of a refusal, run `boundaries.checks`.
    """
    items: list[CodeError] = []
    for row in malformed(codes, pattern):
        items.append(_unusable(row, codes[row], pattern))
    for code, rows in duplicates(codes).items():
        items.append(
            CodeError(
                "code_duplicate",
                en="Code {area} occurs {count} times: rows {rows}.",
                zh="编码 {area} 出现 {count} 次:第 {rows} 行。",
                row=rows[1],
                area=code,
                count=len(rows),
                rows=", ".join(map(str, rows[:10])),
            )
        )
    if items:
        raise CodeError(
            "codes_unusable",
            en="{count} codes {level} cannot be used; the first: {first}",
            zh="有 {count} 个编码{level}不可用;第一个:{first_zh}",
            row=items[0].row,
            area=items[0].area,
            items=items[:_MOST_ITEMS],
            count=len(items),
            level=f"({level})" if level else "",
            first=items[0].text("en"),
            first_zh=items[0].text("zh"),
        )


def _unusable(row: int, code: object, pattern: str) -> CodeError:
    if code is None or code == "" or code != code:  # a float NaN is what a data frame makes of a missing text
        return CodeError("code_missing", en="Row {row} has no code.", zh="第 {row} 行没有编码。", row=row)
    return CodeError(
        "code_malformed",
        en="Row {row}: {value} is not a code{rule}.",
        zh="第 {row} 行:{value} 不是合法编码{rule}。",
        row=row,
        area=str(code)[:60],
        value=repr(code)[:60],
        rule=f" ({pattern})" if pattern else "",
    )
