"""Who is concerned before a border moves: open cases, households, compounds, facilities and posts, by name; and the load of both sides."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.editing import Change, Draft, from_json
from boundaries.editing.impact import Impact, Load, Located
from boundaries.editing.points import PointLayer
from boundaries.geometry import to_lonlat
from boundaries.store.drafts import DraftRecord, draft_record
from geo_service.accounts import Actor
from geo_service.api.wiring import Wiring
from geo_service.cases.moving import points_of_cases
from geo_service.facilities import all_facilities
from geo_service.flows.planning.reach import require_change, require_draft
from geo_service.flows.planning.recoding import ceasing
from geo_service.workers.model import POST_TITLES
from geo_service.workers.orphans import orphans
from geo_service.workers.repository import names_of_holders

FRESH = timedelta(seconds=60)
"""How old the picture of open cases may be that a drag is judged by."""
KEPT = 8
LISTED = 200


@dataclass(frozen=True, slots=True)
class Concerned:
    """impact: the points that change area. people: posts of the areas written, {(level, code): (role, name)}. orphans: posts of areas
    that cease."""

    change: Change | None
    impact: Impact
    people: dict[tuple[str, str], tuple[str, str]]
    orphans: Sequence[sa.Row[Any]] = ()


@dataclass(slots=True)
class _Kept:
    draft: Draft
    changes: int
    made_at: datetime
    located: Located


class Pictures:
    """Where all points are, in the present state of each draft somebody works on. Follows the drafts; renewed when stale."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    def of(self, connection: Connection, wiring: Wiring, record: DraftRecord, draft: Draft, now: datetime) -> Located:
        """The picture for a draft in its present state. Call it under the room's guard."""
        kept = self._kept.get(record.draft_id)
        if kept is None or kept.draft is not draft or now - kept.made_at > FRESH or kept.changes > len(draft.changes):
            kept = _Kept(draft, len(draft.changes), now, Located(draft.workspace, layers(connection, wiring, draft)))
        for change in draft.changes[kept.changes :]:
            kept.located.advance(change)
        kept.changes = len(draft.changes)
        self._kept[record.draft_id] = kept
        self._kept.move_to_end(record.draft_id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept.located


def layers(connection: Connection, wiring: Wiring, draft: Draft) -> list[PointLayer]:
    """The layers every impact is asked of: open_cases, households (addresses by weight), facilities, compounds."""
    compounds = [s for s in draft.base.states.values() if s.level == "compound" and s.geometry is not None]
    middles = [to_lonlat(s.geometry.representative_point(), draft.base.metric_crs) for s in compounds]
    places = all_facilities(connection)
    return [
        _layer("open_cases", points_of_cases(connection, only_open=True)),
        wiring.households_layer(connection),
        PointLayer("facilities", [f["name"] for f in places], lons=[f["lon"] for f in places], lats=[f["lat"] for f in places]),
        PointLayer("compounds", [s.name for s in compounds], lons=[p.x for p in middles], lats=[p.y for p in middles]),
    ]


def _layer(name: str, rows: Iterable[tuple[int, str, float, float]]) -> PointLayer:
    listed = list(rows)
    ids = [{"case_id": case_id, "tracking_number": number} for case_id, number, _, _ in listed]
    return PointLayer(name, ids, lons=[lon for *_, lon, _ in listed], lats=[lat for *_, lat in listed])


def of_operation(
    connection: Connection, wiring: Wiring, pictures: Pictures, draft_id: int, document: dict[str, Any], *, actor: Actor, now: datetime
) -> Concerned:
    """The impact of one operation that is being drawn; nothing is written. Raises EditError, DeniedError beyond the planner's area."""
    record = draft_record(connection, draft_id)
    operation = from_json(document)
    with wiring.drafts.guard:
        draft = wiring.drafts.draft(connection, record)
        change = draft.preview(operation)
        require_change(actor, change, before=draft.workspace, after=draft.workspace)
        found = pictures.of(connection, wiring, record, draft, now).impact(change)
    return Concerned(change, found, _people(connection, change, draft, now), _orphans(connection, change, now))


def of_draft(connection: Connection, wiring: Wiring, draft_id: int, *, actor: Actor, now: datetime) -> Concerned:
    """The impact of a whole draft against its base. DeniedError where it reaches beyond the planner's area: it names cases."""
    record = draft_record(connection, draft_id)
    with wiring.drafts.guard:
        draft = wiring.drafts.draft(connection, record)
        total = draft.total()
        if total is None:
            return Concerned(None, Impact((), ()), {})
        require_draft(actor, draft)
        found = Located(draft.base, layers(connection, wiring, draft)).impact(total)
    return Concerned(total, found, _people(connection, total, draft, now), _orphans(connection, total, now))


def replay(connection: Connection, wiring: Wiring, draft_id: int, *, days: int, now: datetime) -> tuple[int, Impact, dict[str, str]]:
    """(cases looked at, impact, {area code: name of who answers}): the last days' cases, open or closed, against the draft."""
    record = draft_record(connection, draft_id)
    layer = _layer("cases", points_of_cases(connection, since=now - timedelta(days=days)))
    with wiring.drafts.guard:
        draft = wiring.drafts.draft(connection, record)
        total = draft.total()
        found = Located(draft.base, [layer]).impact(total) if total is not None else Impact((), ())
    names = {code: name for (_, code), (_, name) in names_of_holders(connection, at=now).items()}
    return len(layer), found, names


def _people(connection: Connection, change: Change, draft: Draft, now: datetime) -> dict[tuple[str, str], tuple[str, str]]:
    """Who holds a post for an area that changes materially, and for those that lose or win such an area."""
    states = [s for key in change.keys if change.material[key] for s in (change.before[key], change.after[key]) if s is not None]
    pairs = [(change.before[key], change.after[key]) for key in change.keys]
    rehung = {s.parent for old, new in pairs if old and new and old.parent != new.parent for s in (old, new)}
    above = [draft.workspace.get(key) or draft.base.get(key) for key in rehung]
    wanted = {(state.level, state.code) for state in (*states, *above) if state is not None}
    return {area: who for area, who in names_of_holders(connection, at=now, codes=[code for _, code in wanted]).items() if area in wanted}


def _orphans(connection: Connection, change: Change, now: datetime) -> list[sa.Row[Any]]:
    """Posts that would have no area any more."""
    gone = ceasing(change.before, change.after)
    return orphans(connection, at=now, gone=gone) if gone else []


def orphan_values(found: Sequence[sa.Row[Any]], language: str) -> list[dict[str, Any]]:
    """Posts without an area as the wire has them."""
    chosen = 0 if language.startswith("zh") else 1
    return [
        {"post_id": one.post_id, "role": one.role, "title": POST_TITLES[one.role][chosen], "level": one.area_level, "code": one.area_code}
        for one in found
    ]


def impact_values(found: Impact) -> dict[str, Any]:
    """An impact as the wire has it: counts of all, the first LISTED moves of each layer, loads before and after."""
    moves: dict[str, list[dict[str, Any]]] = {}
    for move in found.moves:
        listed = moves.setdefault(move.layer, [])
        if len(listed) < LISTED:
            levels = {level: list(codes) for level, codes in move.levels.items()}
            listed.append({"what": move.point, "weight": move.weight, "levels": levels})
    return {"counts": found.counts(), "moves": moves, "loads": [load_values(load) for load in found.loads]}


def load_values(load: Load) -> dict[str, Any]:
    """A load as the wire has it."""
    return {"layer": load.layer, "level": load.level, "code": load.code, "before": load.before, "after": load.after}
