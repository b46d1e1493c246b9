"""Who hangs on whom in a frame of areas: parents found by code, owners of shared faces, and refusals that name the row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boundaries.errors import ParentError

__all__ = ["find_face_owners", "find_parents", "match_parents"]

_MOST_ITEMS: Final = 100


def match_parents(
    codes: Sequence[str], ranks: Sequence[int | None], named: Sequence[str | None]
) -> tuple[NDArray[np.int64], dict[int, str]]:
    """(row of each area's parent, -1 for none; {row: why its named parent cannot be}).

    The parent is the finest area of the named code that is coarser than the area itself. ranks: None beside the ladder; such an area
    may hang on any rung, and nothing hangs on it. Why: `parent_unknown`, `parent_not_coarser` or `parent_cycle`.
    """
    rows_of: dict[str, list[int]] = {}
    for row, code in enumerate(codes):
        if ranks[row] is not None:
            rows_of.setdefault(code, []).append(row)
    parents = np.full(len(codes), -1, dtype=np.int64)
    troubles: dict[int, str] = {}
    guesses: dict[int, int] = {}
    for row, parent in enumerate(named):
        if not parent:
            continue
        found = rows_of.get(parent, [])
        rank = ranks[row]
        coarser = [(r, other) for other in found if (r := ranks[other]) is not None and (rank is None or r < rank)]
        if coarser:
            parents[row] = max(coarser)[1]
        elif found:
            guesses[row] = found[0]
        else:
            troubles[row] = "parent_unknown"
    rounds = _on_a_cycle(guesses, parents)
    troubles.update({row: "parent_cycle" if row in rounds else "parent_not_coarser" for row in guesses})
    return parents, troubles


def find_parents(codes: Sequence[str], ranks: Sequence[int | None], named: Sequence[str | None]) -> NDArray[np.int64]:
    """The parents that `match_parents` finds. Raises ParentError `parents_unusable`, its reasons as items, where one cannot be."""
    parents, troubles = match_parents(codes, ranks, named)
    _raise_parents([_refusal(why, row, codes[row], named[row]) for row, why in troubles.items()])
    return parents


def _on_a_cycle(guesses: dict[int, int], parents: NDArray[np.int64]) -> set[int]:
    """The rows that are their own ancestors. Each cycle holds a row without a coarser parent, so only those are followed."""
    cyclic: set[int] = set()
    for start in guesses:
        row, seen = start, {start}
        while (row := guesses.get(row, int(parents[row]))) >= 0 and row not in seen:
            seen.add(row)
        if row == start:
            cyclic.add(start)
    return cyclic


def find_face_owners(codes: list[str], levels: list[str], named: list[str | None], shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """The row of the area whose face each area shares, -1 where none is named. Raises ParentError `parents_unusable`."""
    rows = {(level, code): row for row, (level, code) in enumerate(zip(levels, codes, strict=True))}
    shares = np.full(len(codes), -1, dtype=np.int64)
    items: list[ParentError] = []
    for row, owner in enumerate(named):
        if owner is None:
            continue
        found = rows.get((levels[row], owner), -1)
        if found < 0 or shapes[found] is None or shapes[row] is not None:
            items.append(_refusal("face_owner_unknown", row, codes[row], owner))
        shares[row] = found
    _raise_parents(items)
    return shares


_REFUSALS: Final = {
    "parent_unknown": (
        "Row {row}: area {area} names the parent {parent}, which does not exist.",
        "第 {row} 行:区域 {area} 的上级 {parent} 不存在。",
    ),
    "parent_not_coarser": (
        "Row {row}: area {area} names the parent {parent}, which is not of a coarser level.",
        "第 {row} 行:区域 {area} 的上级 {parent} 层级不高于它。",
    ),
    "parent_cycle": ("Row {row}: area {area} is its own ancestor (by {parent}).", "第 {row} 行:区域 {area} 经 {parent} 成为自己的上级。"),
    "face_owner_unknown": (
        "Row {row}: area {area} shares the face of {parent}, which must be an area of the same level with a shape ({area} must have none).",
        "第 {row} 行:区域 {area} 共用 {parent} 的图形,后者须为同层级且有图形的区域({area} 自身不得有图形)。",
    ),
}


def _refusal(code: str, row: int, area: str, parent: str | None) -> ParentError:
    en, zh = _REFUSALS[code]
    return ParentError(code, en=en, zh=zh, row=row, area=area, parent=parent)


def _raise_parents(items: list[ParentError]) -> None:
    if not items:
        return
    items.sort(key=lambda item: item.row or 0)
    raise ParentError(
        "parents_unusable",
        en="{count} areas have a parent that cannot be; the first: {first}",
        zh="有 {count} 个区域的上级不成立;第一个:{first_zh}",
        row=items[0].row,
        area=items[0].area,
        items=items[:_MOST_ITEMS],
        count=len(items),
        first=items[0].text("en"),
        first_zh=items[0].text("zh"),
    )
