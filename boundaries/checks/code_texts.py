"""Rules `missing_code`, `malformed_code` and `duplicate_code`."""

from __future__ import annotations

from typing import Any

import shapely

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule, finding
from boundaries.checks.new_codes import free_code
from boundaries.checks.proposals import proposal
from boundaries.codes import is_code
from boundaries.geometry import point_on_surface
from boundaries.model import Defect

__all__ = ["DUPLICATE", "MALFORMED", "MISSING"]


def check_missing(coverage: Coverage) -> list[Defect]:
    """One error for every area without a code."""
    return [
        finding(
            coverage,
            MISSING.name,
            "error",
            [row],
            _place(coverage, row),
            en=f"The area in row {coverage.sources[row] or row} has no code.",
            zh=f"第 {coverage.sources[row] or row} 行的区域没有编码。",
            repair=_recoded(coverage, row),
        )
        for row, code in enumerate(coverage.codes)
        if not code
    ]


def check_malformed(coverage: Coverage) -> list[Defect]:
    """One error for every code that does not match the pattern of its level, or holds blanks at its ends or control characters."""
    found: list[Defect] = []
    for row, (code, level) in enumerate(zip(coverage.codes, coverage.levels, strict=True)):
        pattern = coverage.patterns.get(level, "")
        if code and not is_code(code, pattern):
            rule = f" {level} ({pattern})" if pattern else ""
            found.append(
                finding(
                    coverage,
                    MALFORMED.name,
                    "error",
                    [row],
                    _place(coverage, row),
                    en=f"{code!r} is not a code{rule}.",
                    zh=f"{code!r} 不是合法编码{rule}。",
                    repair=_recoded(coverage, row),
                )
            )
    return found


def check_duplicate(coverage: Coverage) -> list[Defect]:
    """One error for every code that several areas of one level have, with their number as its size."""
    found: list[Defect] = []
    for (level, code), rows in coverage.doubled.items():
        points = [place for row in rows if (place := _place(coverage, row)) is not None]
        where = ", ".join(map(str, rows[:10]))
        kind = f" {level}" if level else ""
        found.append(
            finding(
                coverage,
                DUPLICATE.name,
                "error",
                rows,
                shapely.MultiPoint(points) if points else None,
                en=f"The code{kind} {code} occurs {len(rows)} times, in rows {where}.",
                zh=f"编码{kind} {code} 出现 {len(rows)} 次,位于第 {where} 行。",
                size=len(rows),
                repair=_recoded(coverage, rows[1]),
            )
        )
    return found


def _recoded(coverage: Coverage, row: int) -> dict[str, Any]:
    name, level = coverage.label(row), coverage.levels[row]
    taken = set(coverage.codes.tolist())
    new = free_code(coverage.codes[row], taken=taken, pattern=coverage.patterns.get(level, ""), parent=coverage.parent_codes[row], row=row)
    return proposal("recode", changes=[name], area=name, new_code=new)


def _place(coverage: Coverage, row: int) -> Any:
    return point_on_surface(coverage.geoms[row]) if coverage.valid[row] else None


MISSING = Rule("missing_code", "an area without a code", "区域没有编码", check_missing)
MALFORMED = Rule("malformed_code", "a code that is not of its level's pattern", "编码不符合层级格式", check_malformed)
DUPLICATE = Rule("duplicate_code", "several areas with one code", "编码重复", check_duplicate)
