"""What a planner can ask for, as intents: lines, lassos, vertices and keys, never finished polygons; strict JSON both ways.

Coordinates are WGS-84 lon/lat degrees, 9 decimals. Keys are those of the workspace. What is left open (None) is decided when the
operation is applied; the operation that a `Change` carries has everything decided, so applying it again gives the same result.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Final, Literal

from boundaries.editing.wire import MISSING, READERS, AdoptedArea, Line, Position, malformed
from boundaries.geometry import LONLAT_DECIMALS

__all__ = [
    "OPERATIONS",
    "AbsorbGap",
    "Adopt",
    "AdoptedArea",
    "Carve",
    "Merge",
    "MoveVertices",
    "Operation",
    "Reassign",
    "Recode",
    "Redo",
    "Rename",
    "Reshape",
    "Retire",
    "Split",
    "Transfer",
    "Undo",
    "from_json",
]


@dataclass(frozen=True, slots=True)
class Operation:
    """An intent. `kind` is its name on the wire."""

    kind: ClassVar[str] = ""

    def to_json(self) -> dict[str, Any]:
        """A JSON document; fields that say nothing are left out."""
        said = {item.name: _plain(getattr(self, item.name)) for item in fields(self)}
        return {"kind": self.kind, **{name: value for name, value in said.items() if value not in (None, [], {}, "")}}


@dataclass(frozen=True, slots=True)
class Split(Operation):
    """Cuts a leaf in two along a line.

    keep: which part stays the old area: larger, smaller, or a position inside it. new_*: of the other part; by default level, kind
    and parent of the old one, and the next free code. sharers: {key of a leaf that shares the face: kept | new}; by default they go
    with the part that has more households, without addresses with the larger one.
    """

    kind: ClassVar[str] = "split"
    area: int
    line: Line
    keep: Literal["larger", "smaller"] | Position = "larger"
    new_code: str | None = None
    new_name: str | None = None
    new_level: str | None = None
    new_kind: str | None = None
    new_parent: int | None = None
    new_key: int | None = None
    sharers: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reshape(Operation):
    """Redraws the common border of two leaves along a line."""

    kind: ClassVar[str] = "reshape"
    areas: tuple[int, ...]
    line: Line


@dataclass(frozen=True, slots=True)
class MoveVertices(Operation):
    """Moves vertices, for all leaves that own them: pairs (from, to)."""

    kind: ClassVar[str] = "move_vertices"
    moves: tuple[tuple[Position, Position], ...]


@dataclass(frozen=True, slots=True)
class Transfer(Operation):
    """Gives the land inside a lasso to a leaf. Leaves that lie wholly inside are not swallowed: that is a merge."""

    kind: ClassVar[str] = "transfer"
    target: int
    lasso: Line


@dataclass(frozen=True, slots=True)
class Carve(Operation):
    """Founds a leaf on the land inside a drawn polygon (a school, a park). level, kind: by default a micro-grid's neighbour's."""

    kind: ClassVar[str] = "carve"
    polygon: Line
    new_code: str | None = None
    new_name: str | None = None
    new_level: str | None = None
    new_kind: str | None = None
    new_parent: int | None = None
    new_key: int | None = None


@dataclass(frozen=True, slots=True)
class Merge(Operation):
    """Makes several leaves one; `survivor` keeps its identity (by default the one with most households, then land)."""

    kind: ClassVar[str] = "merge"
    areas: tuple[int, ...]
    survivor: int | None = None


@dataclass(frozen=True, slots=True)
class Reassign(Operation):
    """Hangs areas (leaves, or grids with all that is below them) on another parent. No shape and no code changes."""

    kind: ClassVar[str] = "reassign"
    areas: tuple[int, ...]
    parent: int


@dataclass(frozen=True, slots=True)
class Rename(Operation):
    """Gives an area another name."""

    kind: ClassVar[str] = "rename"
    area: int
    name: str


@dataclass(frozen=True, slots=True)
class Recode(Operation):
    """Gives an area another code. Of leaves that share a face the one with the smallest code owns it afterwards."""

    kind: ClassVar[str] = "recode"
    area: int
    code: str


@dataclass(frozen=True, slots=True)
class Retire(Operation):
    """Ends an area. A leaf's land goes to the neighbours named, each place to the nearest; an area without children just ends."""

    kind: ClassVar[str] = "retire"
    area: int
    into: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AbsorbGap(Operation):
    """Gives a gap (land of nobody, enclosed by leaves) to a leaf beside it. place: a position inside the gap."""

    kind: ClassVar[str] = "absorb_gap"
    place: Position
    into: int


@dataclass(frozen=True, slots=True)
class Adopt(Operation):
    """Takes over leaves as a file has them, after `adopt_file` made sense of it: the one operation that carries shapes.

    areas: every leaf that the file redrew or founded, neighbours included. ended: keys of leaves whose land the others took.
    """

    kind: ClassVar[str] = "adopt"
    areas: tuple[AdoptedArea, ...]
    ended: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Undo(Operation):
    """Takes back the last operation that was not taken back."""

    kind: ClassVar[str] = "undo"


@dataclass(frozen=True, slots=True)
class Redo(Operation):
    """Does again what was taken back last."""

    kind: ClassVar[str] = "redo"


OPERATIONS: Final[dict[str, type[Operation]]] = {
    kind.kind: kind
    for kind in (
        Split, Reshape, MoveVertices, Transfer, Carve, Merge, Reassign, Rename, Recode, Retire, AbsorbGap, Adopt, Undo, Redo,
    )
}  # fmt: skip


def from_json(document: Any) -> Operation:
    """The operation of a JSON document. Raises EditError MALFORMED for a field that is unknown, missing or of the wrong form."""
    if not isinstance(document, dict):
        raise malformed("not an object", "不是对象")
    named = document.get("kind")
    kind = OPERATIONS.get(named) if isinstance(named, str) else None
    if kind is None:
        raise malformed(f"kind must be one of {', '.join(OPERATIONS)}", f"kind 必须是 {', '.join(OPERATIONS)} 之一")
    known = {item.name: item for item in fields(kind)}
    unknown = sorted(str(name)[:40] for name in document if name not in known and name != "kind")
    if unknown:
        raise malformed(f"unknown field {unknown[0]}", f"未知字段 {unknown[0]}")
    values = {}
    for name, item in known.items():
        value = document.get(name)
        if value is None:
            if item.default is MISSING and item.default_factory is MISSING:
                raise malformed(f"{name} is missing", f"缺少 {name}")
            continue
        values[name] = READERS[name](name, value)
        if name == "areas" and any(isinstance(each, AdoptedArea) for each in values[name]) != (kind is Adopt):
            raise malformed("areas must be keys, in an adoption areas with shapes", "areas 须为标识列表,采纳文件时为带图形的区域")
        if name == "into" and isinstance(values[name], tuple) != (kind is Retire):
            raise malformed("into must be a list to retire into, one key to absorb into", "into:撤销时为列表,吸收空隙时为单个标识")
    return kind(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, AdoptedArea):
        return value.to_json()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): item for key, item in sorted(value.items())}
    if isinstance(value, float):
        return round(value, LONLAT_DECIMALS)
    return value
