"""The end of a draft, without HTTP: prepare it, put it in force, roll back; and what that does to open cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from boundaries.editing import AreaState
from boundaries.model import Generation
from boundaries.store.differences import changed_states
from boundaries.store.drafts import DraftRecord, draft_record, draft_records, update_draft
from boundaries.store.preparing import prepare as prove_and_check
from boundaries.store.preparing import restore as roll_back
from boundaries.store.preparing import store_prepared
from boundaries.store.publish import publish as put_in_force
from boundaries.store.repository import current_number, defects, generation, require_city
from geo_service.accounts import Actor
from geo_service.api.wiring import Wiring
from geo_service.backlog import Job, enqueue
from geo_service.cases import Case
from geo_service.cases.moving import open_cases_in, record
from geo_service.errors import ConflictError
from geo_service.flows.planning.reach import require_generation, require_recorded
from geo_service.flows.planning.recoding import settle_codes
from geo_service.flows.planning.service import require_head, require_open
from geo_service.published import Published
from geo_service.workers import responsible_for


@dataclass(frozen=True, slots=True)
class Outcome:
    """A generation that came into force (or will, at publish_at), and the open cases its changes touched.

    followed: how many posts, grants, rules, ... took new codes of their areas; orphaned: posts whose area it ended.
    """

    generation: Generation
    publish_at: datetime | None
    moved: int = 0
    to_ask: int = 0
    kept: int = 0
    followed: dict[str, int] = field(default_factory=dict)
    orphaned: int = 0


def ask_to_prepare(connection: Connection, wiring: Wiring, draft_id: int, *, actor: Actor, now: datetime) -> Job:
    """The job that prepares a draft in its present state, in the caller's transaction; asked again, it is the same one.

    ConflictError when the draft is closed, DeniedError where it touches an area beyond the planner's: what waits for its date is made of
    what was prepared.
    """
    seen = draft_record(connection, draft_id)
    require_open(seen)
    require_recorded(connection, wiring, seen, actor)
    payload = {"draft_id": draft_id, "head": seen.head}
    key = f"prepare_draft:{draft_id}:{seen.head}"
    return enqueue(connection, kind="prepare_draft", payload=payload, key=key, actor=actor.name, role=actor.role, at=now)


def prepare(
    wiring: Wiring,
    draft_id: int,
    *,
    actor: Actor,
    now: datetime,
    head: int | None = None,
    progress: Callable[[float, str], None] = lambda share, step: None,
) -> tuple[DraftRecord, Generation, list[Any]]:
    """Proves and checks a draft and stores its generation, ready to be put in force; index and tiles are saved for all processes.

    The slow part runs without holding the database. StaleError when the draft is not at `head`, or moved on meanwhile. A draft that
    is prepared in its present state is not prepared again: its generation is completed where index or tiles are missing.
    """
    with wiring.database.reading() as connection:
        seen = draft_record(connection, draft_id)
        require_open(seen)
        require_head(connection, seen, seen.head if head is None else head)
    progress(0.02, "proving")
    if seen.prepared_generation is None or seen.prepared_head != seen.head:
        seen = _proven(wiring, seen, actor=actor, now=now, progress=progress)
    assert seen.prepared_generation is not None
    number = seen.prepared_generation
    progress(0.6, "indexing")
    with wiring.database.reading() as connection:
        made, found = generation(connection, number), defects(connection, number)
        wiring.published.of(connection, number)  # builds and saves the index every process will map
    progress(0.7, "drawing")
    wiring.pyramids.of(number, progress=lambda share: progress(0.7 + 0.3 * share, "drawing"))
    return seen, made, found


def _proven(wiring: Wiring, seen: DraftRecord, *, actor: Actor, now: datetime, progress: Callable[[float, str], None]) -> DraftRecord:
    """The draft with a generation of its present state."""
    with wiring.database.reading() as connection:
        city = require_city(connection)
        with wiring.drafts.guard:
            kept = wiring.drafts.draft(connection, seen)
            if not kept.effective:
                raise ConflictError(
                    "draft_empty", en="draft {draft_id} changes nothing", zh="草稿 {draft_id} 没有任何修改", draft_id=seen.draft_id
                )
            mine = type(kept)(kept.base, kept.changes)  # others may go on drawing
    prepared = prove_and_check(mine, city)
    progress(0.4, "storing")
    with wiring.database.writing() as connection:
        held = draft_record(connection, seen.draft_id, lock_row=True)
        require_open(held)
        require_head(connection, held, seen.head)
        if held.prepared_generation is not None and held.prepared_head == held.head:
            return held  # another process was faster
        base = generation(connection, held.base_generation)
        made = store_prepared(connection, prepared, base=base, title=held.title, actor=actor.name, at=now)
        return update_draft(connection, held.draft_id, at=now, status="review", prepared_generation=made.number, prepared_head=held.head)


def publish(connection: Connection, wiring: Wiring, draft_id: int, *, at: datetime | None, actor: Actor, now: datetime) -> Outcome:
    """Puts a prepared draft in force, in the caller's transaction: all of it or nothing.

    at: an instant to come; the service then does it when that instant is there. ConflictError when the draft is not prepared or was
    changed since; GenerationError when its base was superseded or defects bar it; DeniedError beyond the planner's area.
    """
    held = draft_record(connection, draft_id, lock_row=True)
    require_open(held)
    if held.prepared_generation is None or held.prepared_head != held.head:
        raise ConflictError(
            "draft_not_prepared",
            en="draft {draft_id} is not prepared in its present state: POST /api/v1/drafts/{draft_id}/prepare, then publish again",
            zh="草稿 {draft_id} 的当前状态尚未准备发布：请先 POST /api/v1/drafts/{draft_id}/prepare，再发布",
            draft_id=draft_id,
        )
    require_generation(connection, wiring, held.prepared_generation, actor)
    if at is not None and at > now:
        update_draft(connection, draft_id, at=now, publish_at=at)
        return Outcome(generation(connection, held.prepared_generation), at)
    before = current_number(connection)
    made = put_in_force(connection, number=held.prepared_generation, actor=actor.name, at=now)
    update_draft(connection, draft_id, at=now, status="published", publish_at=None)
    return _settle(connection, wiring, before, made, policy=held.open_cases, actor=actor, now=now)


def publish_generation(connection: Connection, wiring: Wiring, number: int, *, policy: str, actor: Actor, now: datetime) -> Outcome:
    """Puts a generation that was imported in force, in the caller's transaction; what hangs on its areas is settled as for a draft."""
    require_generation(connection, wiring, number, actor)
    before = current_number(connection)
    made = put_in_force(connection, number=number, actor=actor.name, at=now)
    return _settle(connection, wiring, before, made, policy=policy, actor=actor, now=now)


def drafts_due(wiring: Wiring, *, now: datetime) -> list[DraftRecord]:
    """The drafts whose instant to be put in force has come."""
    with wiring.database.reading() as connection:
        return [d for d in draft_records(connection) if d.status == "review" and d.publish_at is not None and d.publish_at <= now]


def publish_due(wiring: Wiring, *, now: datetime) -> list[int]:
    """Puts every draft in force whose instant has come, each in a transaction of its own; returns their numbers."""
    done = []
    for waiting in sorted(drafts_due(wiring, now=now), key=lambda d: (d.publish_at, d.draft_id)):
        with wiring.database.writing() as connection:
            held = draft_record(connection, waiting.draft_id, lock_row=True)
            if held.status == "review" and held.publish_at is not None and held.publish_at <= now:
                publish(connection, wiring, held.draft_id, at=None, actor=Actor(held.owner, "planner"), now=now)
                done.append(held.draft_id)
    return done


def restore(connection: Connection, wiring: Wiring, number: int, *, policy: str, actor: Actor, now: datetime) -> Outcome:
    """Rolls back to a past generation, as a new one. DeniedError where that touches an area beyond the planner's."""
    require_generation(connection, wiring, number, actor)
    before = current_number(connection)
    made = roll_back(connection, number=number, actor=actor.name, at=now)
    return _settle(connection, wiring, before, made, policy=policy, actor=actor, now=now)


def _settle(
    connection: Connection, wiring: Wiring, before: int | None, made: Generation, *, policy: str, actor: Actor, now: datetime
) -> Outcome:
    """Applies the policy to open cases of areas that changed materially. Closed cases are never touched."""
    if before is None:
        return Outcome(made, None)
    old, new = changed_states(connection, before, made.number)
    published = wiring.published.of(connection, made.number)
    codes = settle_codes(connection, published, old, new, actor=actor.name, now=now)  # first: a new code is no move
    touched = open_cases_in(connection, _material_codes(old, new))
    moves = [(case, there) for case in touched if (there := _area_now(published, case)) != case.routing.area_code]
    changes: list[tuple[Case, str, dict[str, Any]]] = []
    for case, code in moves:
        if policy == "move":
            changes.append((case, "rerouted", {"routing": _routing(connection, published, code, now), "from_area": case.routing.area_code}))
        elif policy == "ask":
            changes.append((case, "border_changed", {"queue": "border_changed", "area_now": code, "generation": made.number}))
    record(connection, changes, actor=actor.name, at=now)
    moved, to_ask = (len(moves) if policy == name else 0 for name in ("move", "ask"))
    return Outcome(made, None, moved, to_ask, len(touched) - moved - to_ask, codes.followed, codes.orphaned)


def _material_codes(old: Mapping[int, AreaState | None], new: Mapping[int, AreaState | None]) -> set[str]:
    """Codes, before, of areas that changed: a superset of those whose cases may have another area now."""
    return {state.code for key, state in old.items() if state is not None} | {s.code for s in new.values() if s is not None}


def _area_now(published: Published, case: Case) -> str | None:
    """The code of the leaf that holds a case's point now; without a point, the area it had if that still exists."""
    r = case.routing
    if r.lon is None or r.lat is None or r.rule != "point":
        return r.area_code if r.area_code in published.by_code else None
    position = published.index.locate(lon=r.lon, lat=r.lat)
    return published.index.codes[position] if position >= 0 else None


def _routing(connection: Connection, published: Published, code: str | None, now: datetime) -> dict[str, Any]:
    area = published.by_code[code] if code else None
    chain = published.chain(area) if area else []
    who = responsible_for(connection, areas=[(a.level, a.code) for a in chain], at=now) if chain else None
    return {
        "generation": published.number,
        "area_code": code,
        "area_level": area.level if area else None,
        "areas": {a.level: a.code for a in chain},
        "post_id": who.post_id if who else None,
        "person_id": who.person_id if who else None,
        "agency": who.agency if who else None,
    }
