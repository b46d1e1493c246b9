"""One area as a draft sees it: a frozen state with a content hash, and its way to plain rows and back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

import shapely

from boundaries.model import AreaVersion

__all__ = ["AreaState"]


@dataclass(frozen=True, slots=True)
class AreaState:
    """An area in one state. Two states are equal when key and content hash are.

    key: the area_id, or a negative number for an area that a draft founded. geometry: metres on the 1 mm grid, None for parents and
    for sharers of a face. content_hash: SHA-256 of all other fields, by the formula of stored versions; worked out where not given.
    """

    key: int
    level: str = field(compare=False)
    code: str = field(compare=False)
    name: str = field(compare=False)
    kind: str = field(compare=False)
    parent: int | None = field(compare=False)
    geometry: Any = field(compare=False, repr=False)
    households: int = field(compare=False)
    shares_face_of: int | None = field(compare=False)
    content_hash: str = ""

    def __post_init__(self) -> None:
        if not self.content_hash:
            object.__setattr__(self, "content_hash", _hash(self))

    @classmethod
    def of(cls, version: AreaVersion) -> AreaState:
        """The state that an area version holds."""
        return cls(
            key=version.area_id,
            level=version.level,
            code=version.code,
            name=version.name,
            kind=version.kind,
            parent=version.parent_id,
            geometry=version.geometry,
            households=version.households,
            shares_face_of=version.shares_face_of,
            content_hash=version.content_hash,
        )

    def but(self, **fields: Any) -> AreaState:
        """The same area with some fields changed, and so another hash."""
        return replace(self, content_hash="", **fields)

    def to_row(self) -> dict[str, Any]:
        """The state as plain data: the fields by name, the shape as WKB bytes (little endian, without SRID) or None."""
        row = {name: getattr(self, name) for name in self.__slots__}
        row["geometry"] = None if self.geometry is None else shapely.to_wkb(self.geometry, byte_order=1)
        return row

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> AreaState:
        """The state of a row that `to_row` made."""
        return cls(**{**row, "geometry": None if row["geometry"] is None else shapely.from_wkb(row["geometry"])})


def _hash(area: AreaState) -> str:
    said = (area.level, area.code, area.name, area.kind, str(area.parent), str(area.households), str(area.shares_face_of))
    shape = b"" if area.geometry is None else shapely.to_wkb(shapely.normalize(area.geometry), byte_order=1)
    return hashlib.sha256("\x1e".join(said).encode() + b"\x1d" + shape).hexdigest()
