"""A file edited on a desktop, understood: what was done in it as named operations, and what cannot be taken over, with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import shapely
from geopandas import GeoDataFrame

from boundaries.editing.adopted_rows import Row, read_rows
from boundaries.editing.draft import Draft
from boundaries.editing.findings import Finding, defect_of, finding
from boundaries.editing.founding import next_code
from boundaries.editing.noding import object_array
from boundaries.editing.operations import Adopt, AdoptedArea, Operation, Reassign, Rename, Retire
from boundaries.editing.workspace import Workspace
from boundaries.errors import EditError
from boundaries.geometry import to_lonlat
from boundaries.model import Defect

__all__ = ["Adoption", "adopt_file"]

_SAME_M2: Final = 0.05
_MOST_MISSING: Final = 0.5


@dataclass(frozen=True, slots=True)
class Adoption:
    """draft: over the base, with everything installed that could be certified. findings: what was done in the file, in words.

    defects: what could not be taken over, each with its place; the areas concerned are as they were before.
    """

    draft: Draft
    findings: tuple[Finding, ...]
    defects: tuple[Defect, ...]

    @property
    def operations(self) -> list[Operation]:
        """The operations that the file comes to; none for a file in which nothing changed."""
        return [change.operation for change in self.draft.effective]


@dataclass(slots=True)
class _Reading:
    """What the file says of leaves: new shapes by key, founded areas, and keys that are no longer there."""

    shapes: dict[int, Any] = field(default_factory=dict)
    founded: dict[int, AdoptedArea] = field(default_factory=dict)
    origin: dict[int, int] = field(default_factory=dict)
    ended: dict[int, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)


def adopt_file(base: Workspace, frame: GeoDataFrame) -> Adoption:
    """What an edited file (columns and errors as `read_rows`) changes in its base, tried out and certified piece by piece.

    A code that occurs twice was split, a code that is gone went into the neighbour that took its land, a new code was cut out of the
    leaf that lost most to it. Areas that touch are taken over together, so that one careless vertex spoils only its surroundings.
    Raises EditError SHIFTED, SHRUNK where more than half of the areas are missing.
    """
    rows = read_rows(base, frame)
    by_code: dict[str, list[Row]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    reading = _Reading()
    _read_shapes(base, by_code, reading)
    _read_missing(base, by_code, reading)
    draft = Draft(base)
    for group in _groups(base, reading):
        _take_over(draft, reading, group)
    _attributes(draft, by_code, reading)
    return Adoption(draft, tuple(reading.findings), tuple(reading.defects))


def _read_shapes(base: Workspace, by_code: Mapping[str, list[Row]], reading: _Reading) -> None:
    leaves = {base[key].code: key for key in base.leaves.shapes}
    keys = [leaves[code] for code in by_code if code in leaves]
    same = dict(zip(keys, shapely.normalize(object_array(base.leaves.shapes[key] for key in keys)), strict=True))
    next_key = base.next_key()
    used: set[str] = set(by_code)
    for code, rows in by_code.items():
        shapes = sorted((row.shape for row in rows if row.shape is not None), key=lambda shape: -shape.area)
        key = leaves.get(code)
        if not shapes:
            continue
        if key is not None and (len(shapes) > 1 or not shapely.equals_exact(same[key], shapely.normalize(shapes[0]))):
            reading.shapes[key] = shapes[0]
        for shape in shapes[1:] if key is not None else shapes:
            origin = key if key is not None else _loser(base, shape)
            if origin is None:
                reading.defects.append(defect_of(base, "outside", (code,), shape))
                continue
            given = code if key is None else _free_code(base, origin, used)
            used.add(given)
            state = base[origin]
            level, kind = state.level, state.kind
            reading.founded[next_key] = AdoptedArea(next_key, shape, given, given, level, kind, state.parent)
            reading.origin[next_key], reading.shapes[next_key] = origin, shape
            reading.findings.append(finding("split", state.code, given))
            next_key -= 1


def _loser(base: Workspace, shape: Any) -> int | None:
    near = base.leaves.near(shape)
    common = shapely.area(shapely.intersection(object_array(base.leaves.shapes[key] for key in near), shape)) if near else np.zeros(0)
    return near[int(np.argmax(common))] if len(near) and common.max() > _SAME_M2 else None


def _free_code(base: Workspace, origin: int, used: set[str]) -> str:
    state = base[origin]
    code = next_code(base, state, state.level, state.parent)
    while code in used:
        code = str(int(code) + 1).zfill(len(code)) if code.isdigit() else code + "1"
    return code


def _read_missing(base: Workspace, by_code: Mapping[str, list[Row]], reading: _Reading) -> None:
    missing = [key for key in base.leaves.shapes if base[key].code not in by_code]
    if len(missing) > _MOST_MISSING * len(base.leaves.shapes):
        raise base.refusal("SHRUNK", count=len(missing), total=len(base.leaves.shapes))
    keys = list(reading.shapes)
    tree = shapely.STRtree(object_array(reading.shapes.values()))
    for key in missing:
        shape = base.leaves.shapes[key]
        near = [keys[position] for position in tree.query(shape, predicate="intersects").tolist()]
        common = {other: shapely.area(shapely.intersection(shape, reading.shapes[other])) for other in near}
        taker = max(common, key=lambda other: (common[other], -other), default=None)
        if taker is None or common[taker] < 0.5 * shape.area:
            reading.defects.append(defect_of(base, "vanished", (base[key].code,), shape))
            continue
        reading.ended[key] = taker
        into = reading.founded[taker].code if taker in reading.founded else base[taker].code
        reading.findings.append(finding("merged", base[key].code, into))


def _groups(base: Workspace, reading: _Reading) -> list[list[int]]:
    """The changed areas that must be taken over together: those whose old or new land touches. Groups of mere vertices are left out."""
    keys = [*reading.shapes, *reading.ended]
    if not keys:
        return []
    old = [base.leaves.shapes.get(reading.origin.get(key, key)) for key in keys]
    extents = object_array(
        shapely.geometrycollections([one for one in (before, reading.shapes.get(key)) if one is not None])
        for key, before in zip(keys, old, strict=True)
    )
    left, right = shapely.STRtree(extents).query(extents, predicate="dwithin", distance=0.02)
    group = list(range(len(keys)))

    def root(member: int) -> int:
        while group[member] != member:
            member = group[member]
        return member

    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        group[max(root(one), root(other))] = min(root(one), root(other))
    groups: dict[int, list[int]] = {}
    for position, key in enumerate(keys):
        groups.setdefault(root(position), []).append(key)
    return [members for members in groups.values() if any(_is_material(base, reading, key) for key in members)]


def _is_material(base: Workspace, reading: _Reading, key: int) -> bool:
    if key in reading.founded or key in reading.ended:
        return True
    return bool(shapely.area(shapely.symmetric_difference(_made_valid(reading.shapes[key]), base.leaves.shapes[key])) > _SAME_M2)


def _made_valid(shape: Any) -> Any:
    return shape if shape.is_valid else shapely.buffer(shape, 0)


def _take_over(draft: Draft, reading: _Reading, group: Sequence[int]) -> None:
    base = draft.base
    drawn = [key for key in group if key in reading.shapes]
    shapes = to_lonlat(object_array(reading.shapes[key] for key in drawn), base.metric_crs)
    areas = []
    for key, shape in zip(drawn, shapes, strict=True):
        new = reading.founded.get(key)
        areas.append(
            AdoptedArea(key, shape) if new is None else AdoptedArea(key, shape, new.code, new.name, new.level, new.kind, new.parent)
        )
        if new is None and _is_material(base, reading, key) and key not in reading.origin.values() and key not in reading.ended.values():
            reading.findings.append(finding("reshaped", base[key].code))
    operation = Adopt(tuple(areas), tuple(key for key in group if key in reading.ended))
    try:
        draft.apply(operation)
    except EditError as error:
        reading.defects.extend(_located(base, reading, drawn, error))


def _located(base: Workspace, reading: _Reading, group: Sequence[int], error: EditError) -> list[Defect]:
    """Overlaps among the new shapes and with what lies around them; where there are none, the refusal itself."""
    shapes = {key: _made_valid(reading.shapes[key]) for key in group}
    names = {key: reading.founded[key].code if key in reading.founded else base[key].code for key in group}
    for key in base.leaves.near(shapely.union_all(list(shapes.values()))):
        if key not in reading.ended and key not in shapes:
            shapes[key], names[key] = base.leaves.shapes[key], base[key].code
    keys = list(shapes)
    array = object_array(shapes.values())
    one, other = shapely.STRtree(array).query(array, predicate="intersects")
    pairs = [(a, b) for a, b in zip(one.tolist(), other.tolist(), strict=True) if a < b and {keys[a], keys[b]} & set(group)]
    found = []
    for a, b in pairs:
        common = shapely.intersection(array[a], array[b])
        if common.area > 1e-4:
            land = [part for part in shapely.get_parts(common) if part.area > 0]
            found.append(defect_of(base, "overlap", tuple(sorted((names[keys[a]], names[keys[b]]))), shapely.union_all(land)))
    if found:
        return found
    refused: Literal["not_adopted"] = "not_adopted"
    codes = tuple(sorted(names[key] for key in group))
    return [defect_of(base, refused, codes, None, place=error.place, en=error.text("en"), zh=error.text("zh"))]


def _attributes(draft: Draft, by_code: Mapping[str, list[Row]], reading: _Reading) -> None:
    """Other parents and names, and leaves without a polygon that are gone."""
    moves: dict[int, list[int]] = {}
    operations: list[Operation] = []
    for key, state in list(draft.workspace.states.items()):
        rows = by_code.get(state.code)
        if key < 0 or draft.base.rank(state) < 0:
            continue
        if rows is None:
            owner = draft.base.get(state.shares_face_of)
            if owner is not None and owner.code in by_code:
                operations.append(Retire(key))
                reading.findings.append(finding("retired", state.code))
            continue
        row = max(rows, key=lambda each: 0.0 if each.shape is None else each.shape.area)  # of a split the part that stays
        parent = draft.workspace.get(state.parent)
        if row.parent_code and parent is not None and row.parent_code != parent.code:
            above = [other for other in draft.workspace.with_code(row.parent_code) if draft.base.rank(other) < draft.base.rank(state)]
            if not above:
                reading.defects.append(defect_of(draft.base, "parent_unknown", (state.code,), state.geometry))
                continue
            moves.setdefault(max(above, key=draft.base.rank).key, []).append(key)
            reading.findings.append(finding("reparented", state.code, row.parent_code))
        if row.name and row.name != state.name:
            operations.append(Rename(key, row.name))
            reading.findings.append(finding("renamed", state.code, row.name))
    operations += [Reassign(tuple(sorted(keys)), parent) for parent, keys in sorted(moves.items())]
    for operation in operations:
        try:
            draft.apply(operation)
        except EditError as error:
            codes = (error.area or "",)
            reading.defects.append(
                defect_of(draft.base, "not_adopted", codes, None, place=error.place, en=error.text("en"), zh=error.text("zh"))
            )
