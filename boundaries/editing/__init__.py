"""Redrawing the map without breaking it: intents in, certified changes out; arrays and records, no database and no web.

    workspace = Workspace.of(members, levels, metric_crs)
    draft = Draft(workspace)
    change = draft.apply(Split(area=17, line=((113.58, 37.86), (113.59, 37.86))))     # or draft.preview(...) for a dry run
    draft.undo()

Every operation ends in `settle.settled`, which gives neighbours the vertices they need and takes the certificate of the patch.
"""

from boundaries.editing.apply import apply
from boundaries.editing.certificate import EdgeCount, StateProof, count_edges, prove_state
from boundaries.editing.change import Change, Lineage
from boundaries.editing.draft import Draft, squash
from boundaries.editing.fuzz import FuzzReport, fuzz
from boundaries.editing.hashing import content_hash
from boundaries.editing.operations import (
    AbsorbGap,
    Carve,
    Merge,
    MoveVertices,
    Operation,
    Reassign,
    Recode,
    Redo,
    Rename,
    Reshape,
    Retire,
    Split,
    Transfer,
    Undo,
    from_json,
)
from boundaries.editing.policy import Policy
from boundaries.editing.refusals import REFUSALS
from boundaries.editing.state import AreaState
from boundaries.editing.workspace import Workspace

__all__ = [
    "REFUSALS",
    "AbsorbGap",
    "AreaState",
    "Carve",
    "Change",
    "Draft",
    "EdgeCount",
    "FuzzReport",
    "Lineage",
    "Merge",
    "MoveVertices",
    "Operation",
    "Policy",
    "Reassign",
    "Recode",
    "Redo",
    "Rename",
    "Reshape",
    "Retire",
    "Split",
    "StateProof",
    "Transfer",
    "Undo",
    "Workspace",
    "apply",
    "content_hash",
    "count_edges",
    "from_json",
    "fuzz",
    "prove_state",
    "squash",
]
