"""From redrawn shapes to a certified change: the common end of all operations that move land."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from boundaries.editing.certify import certify, propagate
from boundaries.editing.change import Change, Lineage
from boundaries.editing.contiguity import torn_parents
from boundaries.editing.flows import Flow, apportioned, flows
from boundaries.editing.operations import Operation
from boundaries.editing.sharing import with_rightful_owners
from boundaries.editing.state import AreaState
from boundaries.editing.workspace import Workspace

__all__ = ["settled", "without_land"]


def settled(
    workspace: Workspace,
    operation: Operation,
    shapes: Mapping[int, Any],
    *,
    founded: Mapping[int, AreaState] | None = None,
    gone: Iterable[int] = (),
    restated: Mapping[int, AreaState] | None = None,
    may_be_parts: Iterable[int] = (),
    households: Mapping[int, int] | None = None,
    outline: bool = False,
) -> Change:
    """The change that gives these leaves these shapes.

    shapes: by key, of all leaves redrawn. founded: the states of new keys, without shape and households. gone: keys whose face ends.
    restated: other states to write (sharers that get another face, owners that become sharers). may_be_parts: further keys that may
    be multipart; those that were may be. households: by key, where they do not follow the land. outline: the rim of the city is to
    change. Raises what `certify` and `torn_parents` raise.
    """
    ended = set(gone)
    leaves = workspace.leaves.shapes
    main = {key: leaves[key] for key in {*shapes, *ended} if key in leaves}
    grown = propagate(workspace, shapes, main)
    multipart = {key for key in grown if key in leaves and leaves[key].geom_type == "MultiPolygon"}
    proof = certify(workspace, grown, gone=ended, may_be_parts=multipart | set(may_be_parts), outline=outline)
    moved = flows(workspace, main, {key: grown[key] for key in shapes})
    after: dict[int, AreaState | None] = dict(restated or {})
    after.update({key: None for key in ended if key not in after})
    homes = {**_households(workspace, moved), **(households or {})}
    for key, shape in grown.items():
        state = (founded or {}).get(key) or workspace[key]
        after[key] = state.but(geometry=shape, households=homes.get(key, state.households))
    after = with_rightful_owners(workspace, after)
    across = {(_parent(workspace, {}, flow.old), _parent(workspace, after, flow.new)) for flow in moved if flow.old != flow.new}
    warnings = torn_parents(workspace, after, sorted(across, key=str))
    changed = {flow.old for flow in moved if flow.old != flow.new} | {flow.new for flow in moved if flow.old != flow.new}
    absorbing = set(shapes) if outline else set()
    material = {
        key: key in changed or key in absorbing or key in ended or key not in workspace or _said_anew(workspace[key], after[key])
        for key in after
    }
    return Change(
        operation=operation,
        before={key: workspace.get(key) for key in after},
        after=after,
        material=material,
        lineage=tuple(_lineage(workspace, moved, after)),
        warnings=tuple(warnings),
        outline_drift_m2=proof.outline_drift_m2,
    )


def without_land(workspace: Workspace, operation: Operation, after: Mapping[int, AreaState | None]) -> Change:
    """The change that writes these states and moves no land: names, codes, parents. Raises NO_CHANGE, and as `torn_parents`."""
    final = with_rightful_owners(workspace, after)
    final = {key: state for key, state in final.items() if state != workspace.get(key)}
    if not final:
        raise workspace.refusal("NO_CHANGE")
    moves = {
        (old.parent, state.parent)
        for key, state in final.items()
        if state is not None and (old := workspace.get(key)) is not None and old.parent != state.parent
    }
    moves |= {(workspace[key].parent, None) for key, state in final.items() if state is None and key not in workspace.leaves}
    warnings = torn_parents(workspace, final, sorted(moves, key=str))
    before = {key: workspace.get(key) for key in final}
    return Change(operation=operation, before=before, after=final, material=dict.fromkeys(final, True), warnings=tuple(warnings))


def _parent(workspace: Workspace, after: Mapping[int, AreaState | None], key: int) -> int | None:
    state = after.get(key) or workspace.get(key)
    return None if state is None else state.parent


def _said_anew(old: AreaState, new: AreaState | None) -> bool:
    """Whether anything but the shape differs."""
    return new is not None and old.but(geometry=None) != new.but(geometry=None)


def _households(workspace: Workspace, moved: list[Flow]) -> dict[int, int]:
    """Households of every leaf that gave or won land."""
    by_old: dict[int, dict[int, float]] = {}
    for flow in moved:
        by_old.setdefault(flow.old, {})[flow.new] = flow.household_share
    totals: dict[int, int] = {}
    for old, shares in by_old.items():
        for key, count in apportioned(workspace[old].households, shares).items():
            totals[key] = totals.get(key, 0) + count
    return totals


def _lineage(workspace: Workspace, moved: list[Flow], after: Mapping[int, AreaState | None]) -> list[Lineage]:
    entries = []
    for flow in moved:
        if flow.old == flow.new:
            continue
        kind: Literal["split", "merge", "transfer"] = "transfer"
        if after[flow.old] is None:
            kind = "merge"
        elif flow.new not in workspace:
            kind = "split"
        entries.append(Lineage(kind, flow.old, flow.new, round(flow.area_m2, 3), flow.area_share, flow.household_share))
    return entries
