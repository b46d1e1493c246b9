"""What differs between two states or generations, area by area, and whose land became whose; only what changed is overlaid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import shapely

from boundaries.editing.change import Lineage
from boundaries.editing.noding import object_array
from boundaries.editing.state import AreaState
from boundaries.model import AreaVersion

__all__ = ["AreaDiff", "Diff", "How", "diff"]

How = Literal["added", "retired", "reshaped", "touched", "reparented", "renamed", "recoded", "recounted", "reshared"]

_MATERIAL_M2: Final = 0.05


@dataclass(frozen=True, slots=True)
class AreaDiff:
    """One area that differs. how: everything that does; touched: its shape only received vertices, the land is the same.

    recounted: other households. reshared: another kind, level or owner of its face. moved_m2: land lost plus land won.
    """

    key: int
    how: tuple[How, ...]
    before: AreaState | None
    after: AreaState | None
    moved_m2: float

    @property
    def state(self) -> AreaState:
        """The later state there is."""
        state = self.after or self.before
        assert state is not None  # one of the two exists, or there would be no difference
        return state

    @property
    def material(self) -> bool:
        """Whether more than vertices changed."""
        return self.how != ("touched",)


@dataclass(frozen=True, slots=True)
class Diff:
    """areas: all that differ, by code. lineage: land that went from one area to another."""

    areas: tuple[AreaDiff, ...]
    lineage: tuple[Lineage, ...]

    def keys(self, how: How) -> list[int]:
        """The keys of the areas that differ in this way."""
        return [area.key for area in self.areas if how in area.how]


Members = Iterable[AreaState | AreaVersion]


def diff(before: Members, after: Members, *, material_m2: float = _MATERIAL_M2) -> Diff:
    """The difference of two states of one city: members of two generations, or of a base and a draft.

    Areas are matched by identity (area_id or key) and compared by content hash; whatever has equal hashes is not looked at.
    """
    old, new = _by_key(before), _by_key(after)
    changed = [key for key in {**old, **new} if _hash(old.get(key)) != _hash(new.get(key))]
    pairs = {key: (_state(old.get(key)), _state(new.get(key))) for key in changed}
    moved = _moved(pairs)
    areas = [
        AreaDiff(key, _how(one, other, moved.get(key, 0.0), material_m2), one, other, round(moved.get(key, 0.0), 3))
        for key, (one, other) in pairs.items()
    ]
    areas.sort(key=lambda area: (area.state.code, area.key))
    concerned = [area for area in areas if {"added", "retired", "reshaped"} & set(area.how)]
    return Diff(tuple(areas), tuple(_lineage(concerned, material_m2)))


def _by_key(members: Members) -> dict[int, AreaState | AreaVersion]:
    return {member.key if isinstance(member, AreaState) else member.area_id: member for member in members}


def _hash(member: AreaState | AreaVersion | None) -> str:
    return "" if member is None else member.content_hash


def _state(member: AreaState | AreaVersion | None) -> AreaState | None:
    return AreaState.of(member) if isinstance(member, AreaVersion) else member


def _moved(pairs: Mapping[int, tuple[AreaState | None, AreaState | None]]) -> dict[int, float]:
    """Land lost plus land won, m2, of every area whose shape differs."""
    shapes = {key: tuple(None if side is None else side.geometry for side in sides) for key, sides in pairs.items()}
    both = [key for key, (one, other) in shapes.items() if one is not None and other is not None and one is not other]
    moved = {
        key: float(shapely.area(one if other is None else other))
        for key, (one, other) in shapes.items()
        if (one is None) != (other is None)
    }
    if both:
        old, new = (object_array(shapes[key][side] for key in both) for side in (0, 1))
        differing = shapely.area(shapely.symmetric_difference(old, new))
        moved.update(zip(both, differing.tolist(), strict=True))
    return moved


def _how(before: AreaState | None, after: AreaState | None, moved_m2: float, material_m2: float) -> tuple[How, ...]:
    if before is None or after is None:
        return ("added",) if before is None else ("retired",)
    how: list[How] = []
    if moved_m2 > material_m2:
        how.append("reshaped")
    elif (
        before.geometry is not None
        and after.geometry is not None
        and not before.geometry.normalize().equals_exact(after.geometry.normalize())
    ):
        how.append("touched")
    checks: tuple[tuple[How, Any], ...] = (
        ("reparented", lambda state: state.parent),
        ("renamed", lambda state: state.name),
        ("recoded", lambda state: state.code),
        ("recounted", lambda state: state.households),
        ("reshared", lambda state: (state.level, state.kind, state.shares_face_of)),
    )
    how += [name for name, read in checks if read(before) != read(after)]
    return tuple(how)


def _lineage(areas: list[AreaDiff], material_m2: float) -> list[Lineage]:
    givers = [area for area in areas if area.before is not None and area.before.geometry is not None]
    takers = [area for area in areas if area.after is not None and area.after.geometry is not None]
    if not givers or not takers:
        return []
    old = object_array(area.before.geometry for area in givers if area.before)
    new = object_array(area.after.geometry for area in takers if area.after)
    taker, giver = shapely.STRtree(old).query(new, predicate="intersects")
    other = np.array([givers[g].key != takers[t].key for t, g in zip(taker.tolist(), giver.tolist(), strict=True)], dtype=bool)
    taker, giver = taker[other], giver[other]
    common = shapely.area(shapely.intersection(old[giver], new[taker]))
    entries = []
    for t, g, size in zip(taker.tolist(), giver.tolist(), common.tolist(), strict=True):
        if size <= material_m2:
            continue
        share = size / float(old[g].area)
        kind: Literal["split", "merge", "transfer"] = "transfer"
        if givers[g].after is None:
            kind = "merge"
        elif takers[t].before is None:
            kind = "split"
        entries.append(Lineage(kind, givers[g].key, takers[t].key, round(size, 3), share, share))
    return sorted(entries, key=lambda entry: (entry.from_key or 0, entry.to_key))
