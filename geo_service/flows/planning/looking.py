"""What a screen shows of a draft, without HTTP: the areas in a box, the list of what was done, and the proof of the whole."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries import checks
from boundaries.editing import AreaState, Change, Draft, Workspace, operations_of
from boundaries.editing.certificate import StateProof, prove_state
from boundaries.model import Defect
from boundaries.store.drafts import DraftRecord, draft_record, operations
from boundaries.store.preparing import frame_of
from boundaries.store.repository import require_city
from geo_service.api.wiring import Wiring
from geo_service.errors import RequestError
from geo_service.geocoding.tables import address
from geo_service.workers.repository import names_of_holders

MOST_LEAVES = 3000
MOST_FINDINGS = 500
KEPT = 8
_NAMED = 3
_MEANT = ("area", "target", "survivor", "areas")
_TOWARDS = ("parent", "into")


@dataclass(frozen=True, slots=True)
class Seen:
    """leaves: in the box, sharers included. above: their ancestors. answers: {(level, code): name of who holds the post}."""

    record: DraftRecord
    leaves: list[AreaState]
    above: list[AreaState]
    answers: Mapping[tuple[str, str], str]
    metric_crs: str
    left_off: int


def box_of(text: str) -> Any:
    """The box of `west,south,east,north` in WGS-84 degrees. RequestError `bad_box`."""
    try:
        west, south, east, north = map(float, text.split(","))
        good = -180 <= west < east <= 180 and -90 <= south < north <= 90
    except ValueError:
        good = False
    if not good:
        raise RequestError("bad_box", en="bbox is west,south,east,north in degrees", zh="bbox 应为“西,南,东,北”（度）", field="bbox")
    return shapely.box(west, south, east, north)


def areas_in(connection: Connection, wiring: Wiring, draft_id: int, box: Any, *, now: datetime) -> Seen:
    """The leaves of a draft that meet a box, nearest to its middle first where they are more than MOST_LEAVES."""
    record = draft_record(connection, draft_id)
    with wiring.drafts.guard:
        workspace = wiring.drafts.draft(connection, record).workspace
        place = workspace.metric(box)
        keys = workspace.leaves.near(place)
        if len(keys) > MOST_LEAVES:
            far = shapely.distance(shapely.centroid([workspace.leaves.shapes[key] for key in keys]), place.centroid)
            keys = [key for _, key in sorted(zip(far.tolist(), keys, strict=True))]
        left_off = max(0, len(keys) - MOST_LEAVES)
        keys = keys[:MOST_LEAVES]
        leaves = [state for key in keys for state in (workspace[key], *workspace.sharers(key))]
        found = {above for state in leaves for above in workspace.ancestors(state.parent)}
        ancestors = [workspace[key] for key in sorted(found)]
        metric_crs = workspace.metric_crs
    codes = [state.code for state in (*leaves, *ancestors)]
    answers = {area: name for area, (_, name) in names_of_holders(connection, at=now, codes=codes).items()}
    return Seen(record, leaves, ancestors, answers, metric_crs, left_off)


@dataclass(frozen=True, slots=True)
class Done:
    """An operation as it is listed."""

    sequence: int
    kind: str
    names: list[str]
    count: int
    state: str
    client_id: str
    actor: str
    at: datetime


def steps(connection: Connection, wiring: Wiring, draft_id: int) -> tuple[DraftRecord, Draft, list[Done]]:
    """(the record, the draft, everything that was done in it, oldest first)."""
    record = draft_record(connection, draft_id)
    recorded = operations(connection, draft_id)
    with wiring.drafts.guard:
        draft = wiring.drafts.draft(connection, record)
        changes = list(draft.changes)
        present = dict(draft.workspace.states)
    states = states_of([change.operation.kind for change in changes])
    listed = []
    for item, change, state in zip(recorded, changes, states, strict=True):
        names = _meant(change, present)
        listed.append(Done(item.sequence, change.operation.kind, names[:_NAMED], len(names), state, item.client_id, item.actor, item.at))
    return record, draft, listed


def states_of(kinds: Sequence[str]) -> list[str]:
    """For each operation in order whether it holds, was taken back, or is itself a step back or forth."""
    states: list[str] = []
    done: list[int] = []
    undone: list[int] = []
    for at, kind in enumerate(kinds):
        if kind == "undo":
            undone.append(done.pop())
            states[undone[-1]] = "taken_back"
        elif kind == "redo":
            done.append(undone.pop())
            states[done[-1]] = "holds"
        else:
            done.append(at)
            undone.clear()
        states.append("step" if kind in ("undo", "redo") else "holds")
    return states


def _meant(change: Change, present: Mapping[int, AreaState]) -> list[str]:
    """The names of the areas an operation names, else of those it changes materially; where they went comes last."""
    said = change.operation.to_json()
    keys = [key for name in _MEANT if name in said for key in _keys(said[name])]
    keys = keys or [key for key in change.keys if change.material[key]]
    keys += [key for name in _TOWARDS if name in said for key in _keys(said[name])]
    states = (change.before.get(key) or change.after.get(key) or present.get(key) for key in dict.fromkeys(keys))
    return [state.name or state.code for state in states if state is not None]


def _keys(value: Any) -> Iterable[int]:
    listed = value if isinstance(value, list) else [value]
    return [item["key"] if isinstance(item, dict) else item for item in listed]


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft proven and checked at a head. keys: of its areas, by code."""

    head: int
    proof: StateProof
    defects: list[Defect]
    keys: Mapping[str, int]

    @property
    def counts(self) -> dict[str, int]:
        """{rule: number of findings}."""
        return dict(Counter(defect.rule for defect in self.defects).most_common())


class Checks:
    """The last checks of the drafts somebody works on: a head is checked once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int], Checked] = OrderedDict()

    def of(self, connection: Connection, wiring: Wiring, draft_id: int) -> Checked:
        """Both proofs and every rule over the whole draft (some seconds for a city), without holding the draft meanwhile."""
        record = draft_record(connection, draft_id)
        at = (draft_id, record.head)
        kept = self._kept.get(at)
        if kept is None:
            levels = require_city(connection).levels
            with wiring.drafts.guard:
                workspace = wiring.drafts.draft(connection, record).workspace.copy()
            found = checks.run(frame_of(workspace), levels=levels)
            kept = self._kept[at] = Checked(record.head, prove_state(workspace), found, keys_of(workspace))
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return kept


def keys_of(workspace: Workspace) -> dict[str, int]:
    """{code: key}; where a code stands on two levels, the leaf's."""
    keys = {state.code: key for key, state in workspace.states.items()}
    keys.update({state.code: key for key, state in workspace.states.items() if state.geometry is not None})
    return keys


def with_repair(document: dict[str, Any], keys: Mapping[str, int]) -> dict[str, Any]:
    """A finding with `operations`: its proposed repair as operations on the draft."""
    return {**document, "operations": [operation.to_json() for operation in operations_of(document["repair"], keys)]}


def named_addresses(connection: Connection, moves: Iterable[dict[str, Any]]) -> None:
    """Writes beside each household that moves the address it lives at."""
    listed = {move["what"]: move for move in moves}
    t = address.c
    asked = sa.select(t.address_id, t.compound_name, t.road, t.road_number, t.building, t.stairwell).where(t.address_id.in_(listed))
    for row in connection.execute(asked):
        listed[row.address_id]["name"] = " ".join(part for part in row[1:] if part)
