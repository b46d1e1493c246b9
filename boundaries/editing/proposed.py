"""A proposed repair of a finding as operations on a draft: ready to be previewed, done, and taken back like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from boundaries.editing.operations import Operation, from_json
from boundaries.errors import EditError

__all__ = ["operations_of"]


def operations_of(repair: Mapping[str, Any] | None, keys: Mapping[str, int]) -> list[Operation]:
    """The operations that carry a repair out, in order; none where it is no edit of a draft, or names an area that is not there.

    repair: as `boundaries.checks.proposals`, whose areas are codes. keys: of the draft's areas, by code. A repair that is no edit:
    make_valid, insert_vertex, shift (the file is to be read again), derive_parent (done in any case), add_rest and accept.
    """
    if repair is None:
        return []
    try:
        return [from_json(document) for document in _documents(str(repair["operation"]), repair["params"], keys)]
    except (KeyError, EditError):
        return []


def _documents(operation: str, said: Mapping[str, Any], keys: Mapping[str, int]) -> list[dict[str, Any]]:
    if operation == "transfer":
        return [{"kind": operation, "target": keys[said["target"]], "lasso": ring} for ring in _lassos(said["lasso"])]
    if operation == "absorb_gap":
        return [{"kind": operation, "place": said["place"], "into": keys[said["into"]]}]
    if operation == "move_vertices":
        return [{"kind": operation, "moves": said["moves"]}]
    if operation == "merge":
        return [{"kind": operation, "areas": [keys[code] for code in said["areas"]], "survivor": keys[said["survivor"]]}]
    if operation == "split":
        return [{"kind": operation, "area": keys[said["area"]], "line": said["line"]}]
    if operation == "reassign":
        return [{"kind": operation, "areas": [keys[code] for code in said["areas"]], "parent": keys[said["new_parent"]]}]
    if operation == "recode":
        return [{"kind": operation, "area": keys[said["area"]], "code": said["new_code"]}]
    if operation == "retire":
        return [{"kind": operation, "area": keys[code]} for code in said["areas"]]
    return []


def _lassos(lasso: Sequence[Any]) -> list[Any]:
    """One ring, or several: a ring's first item is a position, whose first item is a number."""
    return [lasso] if isinstance(lasso[0][0], int | float) else list(lasso)
