"""absorb_gap: land of nobody, enclosed by leaves, given to a leaf beside it."""

from __future__ import annotations

from typing import Any, Final

import shapely

from boundaries.editing.change import Change, Lineage
from boundaries.editing.noding import joined, object_array
from boundaries.editing.operations import AbsorbGap
from boundaries.editing.settle import settled
from boundaries.editing.workspace import Workspace

__all__ = ["absorb_gap", "gap_at"]

_WINDOWS_M: Final = (100.0, 500.0, 2_500.0, 12_500.0)
_SHARE_AN_EDGE: Final = "****1****"


def absorb_gap(workspace: Workspace, operation: AbsorbGap) -> Change:
    """The change that closes a gap. Raises EditError NO_GAP, NOT_ADJACENT, and what `settled` raises."""
    place = workspace.metric(shapely.points(operation.place))
    shape = workspace.shape(operation.into)
    gap = gap_at(workspace, place)
    if not shapely.relate_pattern(gap, shape, _SHARE_AN_EDGE):
        raise workspace.refusal("NOT_ADJACENT", place=gap, area=workspace[operation.into].code, other="gap")
    change = settled(workspace, operation, {operation.into: joined(object_array([shape, gap]))}, outline=True)
    entry = Lineage("absorb", None, operation.into, round(gap.area, 3), 1.0, 1.0)
    return Change(
        operation=change.operation,
        before=change.before,
        after=change.after,
        material=change.material,
        lineage=(entry,),
        warnings=change.warnings,
        outline_drift_m2=0.0,
    )


def gap_at(workspace: Workspace, place: Any) -> Any:
    """The enclosed land of nobody around a place, metres. Raises EditError NO_GAP."""
    if workspace.leaves.near(place):
        raise workspace.refusal("NO_GAP", place=place)
    for window in _WINDOWS_M:
        near = workspace.leaves.near(place, window)
        if not near:
            continue
        for part in shapely.get_parts(workspace.union(near)):
            for ring in shapely.get_rings(part)[1:]:
                hole = shapely.polygons(ring)
                if shapely.intersects(hole, place) and not _filled(workspace, hole, set(near)):
                    return shapely.orient_polygons(hole)
    raise workspace.refusal("NO_GAP", place=place)


def _filled(workspace: Workspace, hole: Any, known: set[int]) -> bool:
    """Whether a leaf outside the window lies in the hole: then the window was too small."""
    return any(key not in known for key in workspace.leaves.near(hole))
