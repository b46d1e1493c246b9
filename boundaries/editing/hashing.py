"""The content hash of a whole state, by the formula of a stored generation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import shapely

from boundaries.editing.noding import object_array
from boundaries.editing.state import AreaState

__all__ = ["content_hash"]


def content_hash(states: Iterable[AreaState]) -> str:
    """SHA-256 over level, code, parent, face owner and shape of every area, whatever their order and keys: equal hashes route alike.

    Names and households are not part of it. The same number as the store gives a generation of the same areas.
    """
    members = list(states)
    called = {state.key: f"{state.level}\x1f{state.code}" for state in members}
    shapes = shapely.to_wkb(shapely.normalize(object_array(state.geometry for state in members)), byte_order=1).tolist()
    parts = []
    for state, shape in zip(members, shapes, strict=True):
        names = (called[state.key], *("" if key is None else called.get(key, "") for key in (state.parent, state.shares_face_of)))
        parts.append("\x1e".join(names).encode() + b"\x1d" + hashlib.sha256(shape or b"").digest())
    digest = hashlib.sha256()
    for part in sorted(parts):
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.hexdigest()
