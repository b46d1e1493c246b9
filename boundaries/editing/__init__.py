"""Redrawing the map without breaking it: intents in, certified changes out; arrays and records, no database and no web.

    workspace = Workspace.of(members, levels, metric_crs)
    draft = Draft(workspace)
    change = draft.apply(Split(area=17, line=((113.58, 37.86), (113.59, 37.86))))     # or draft.preview(...) for a dry run
    draft.undo()

Every operation ends in `settle.settled`, which gives neighbours the vertices they need and takes the certificate of the patch.
"""

from boundaries.editing.adopt import Adoption, adopt_file
from boundaries.editing.apply import apply
from boundaries.editing.certificate import EdgeCount, StateProof, count_edges, prove_state
from boundaries.editing.change import Change, Lineage
from boundaries.editing.diff import AreaDiff, Diff, diff
from boundaries.editing.draft import Draft, squash
from boundaries.editing.findings import Finding
from boundaries.editing.fuzz import FuzzReport, fuzz
from boundaries.editing.hashing import content_hash
from boundaries.editing.impact import Impact, Load, Located, Move
from boundaries.editing.operations import (
    AbsorbGap,
    Adopt,
    AdoptedArea,
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
from boundaries.editing.points import PointLayer
from boundaries.editing.policy import Policy
from boundaries.editing.proposed import operations_of
from boundaries.editing.rebase import Rebased, Step, rebase
from boundaries.editing.refusals import REFUSALS
from boundaries.editing.state import AreaState
from boundaries.editing.workspace import Workspace

__all__ = [
    "REFUSALS",
    "AbsorbGap",
    "Adopt",
    "AdoptedArea",
    "Adoption",
    "AreaDiff",
    "AreaState",
    "Carve",
    "Change",
    "Diff",
    "Draft",
    "EdgeCount",
    "Finding",
    "FuzzReport",
    "Impact",
    "Lineage",
    "Load",
    "Located",
    "Merge",
    "Move",
    "MoveVertices",
    "Operation",
    "PointLayer",
    "Policy",
    "Reassign",
    "Rebased",
    "Recode",
    "Redo",
    "Rename",
    "Reshape",
    "Retire",
    "Split",
    "StateProof",
    "Step",
    "Transfer",
    "Undo",
    "Workspace",
    "adopt_file",
    "apply",
    "content_hash",
    "count_edges",
    "diff",
    "from_json",
    "fuzz",
    "operations_of",
    "prove_state",
    "rebase",
    "squash",
]
