"""The states before and after an operation as bytes: compact, self-describing, readable without this program (zlib over JSON)."""

from __future__ import annotations

import json
import zlib
from typing import Any

from boundaries.editing import Change
from boundaries.editing.change import Lineage

__all__ = ["change_of", "images_of"]


def images_of(change: Change) -> bytes:
    """The rows of a change (WKB in hexadecimal) with its lineage, deflated."""
    rows = [{**row, "before": _hex(row["before"]), "after": _hex(row["after"])} for row in change.to_rows()]
    flows = [[e.kind, e.from_key, e.to_key, e.area_m2, e.area_share, e.household_share] for e in change.lineage]
    return zlib.compress(json.dumps({"rows": rows, "lineage": flows}, ensure_ascii=False).encode(), level=1)


def change_of(operation: dict[str, Any], images: bytes, *, outline_drift_m2: float) -> Change:
    """The change that `images_of` wrote, with its operation's document."""
    document = json.loads(zlib.decompress(images))
    rows = [{**row, "before": _bytes(row["before"]), "after": _bytes(row["after"])} for row in document["rows"]]
    read = Change.from_rows(operation, rows, outline_drift_m2=outline_drift_m2)
    flows = tuple(Lineage(*entry) for entry in document["lineage"])
    return Change(read.operation, read.before, read.after, read.material, flows, (), read.outline_drift_m2, read.undoes)


def _hex(state: dict[str, Any] | None) -> dict[str, Any] | None:
    if state is None or state["geometry"] is None:
        return state
    return {**state, "geometry": state["geometry"].hex()}


def _bytes(state: dict[str, Any] | None) -> dict[str, Any] | None:
    if state is None or state["geometry"] is None:
        return state
    return {**state, "geometry": bytes.fromhex(state["geometry"])}
