"""A generation in which areas have other codes than before comes into force: what names them follows, what lost its area is said.

Codes are attributes of areas that live on. Posts, grants, facilities, subscriptions, addresses and rules name them by value, so they
are written anew in the transaction that publishes. Cases keep what they recorded; open ones get an event, so that filters by the new
code find them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from boundaries.editing import AreaState
from geo_service import event_log
from geo_service.cases.model import Case
from geo_service.cases.moving import open_cases_lying_in, record
from geo_service.event_log import NewEvent
from geo_service.flows.planning.living_codes import Areas, follow
from geo_service.published import Published
from geo_service.rulebooks.recoding import recode_rules
from geo_service.workers.orphans import orphans

States = Mapping[int, AreaState | None]
LOGGED = 500


@dataclass(frozen=True, slots=True)
class Followed:
    """followed: how many posts, grants, facilities, ..., rules and open cases took the new codes of their areas. orphaned: how many posts
    stand for an area that this generation ends."""

    followed: dict[str, int] = field(default_factory=dict)
    orphaned: int = 0


def recodings(old: States, new: States) -> dict[tuple[str, str], str]:
    """(level, code before) -> code now, of areas that live on under another code."""
    pairs = [(before, new.get(key)) for key, before in old.items()]
    return {(a.level, a.code): b.code for a, b in pairs if a is not None and b is not None and a.code != b.code}


def ceasing(old: States, new: States) -> set[tuple[str, str]]:
    """(level, code) that no area has any more: of areas that end, unless another one takes the code over."""
    ended = {(state.level, state.code) for key, state in old.items() if state is not None and new.get(key) is None}
    return ended - {(state.level, state.code) for state in new.values() if state is not None}


def settle_codes(connection: Connection, published: Published, old: States, new: States, *, actor: str, now: datetime) -> Followed:
    """Lets everything that hangs on old codes follow, in the caller's transaction; old and new: of every area whose version differs."""
    codes = recodings(old, new)
    counts: dict[str, int] = {}
    if codes:
        renamed = {key for key, state in old.items() if state is not None and (state.level, state.code) in codes}
        kept = {area.code for key, area in published.areas.items() if key not in renamed}
        counts = follow(connection, codes, kept=kept)
        rules = recode_rules(connection, published, {before: now_ for (_, before), now_ in codes.items()}, actor=actor, at=now)
        counts |= {"rules": len(rules)} if rules else {}
        cases = _open_cases(connection, published, codes, actor=actor, now=now)
        counts |= {"cases": cases} if cases else {}
        _log(connection, published, codes, counts, actor=actor, now=now)
    gone = ceasing(old, new)
    return Followed(counts, len(orphans(connection, at=now, gone=gone)) if gone else 0)


def _open_cases(connection: Connection, published: Published, codes: Areas, *, actor: str, now: datetime) -> int:
    """An event for each open case that lies in an area with another code: the same place and the same people under the new code."""
    changes: list[tuple[Case, str, dict[str, Any]]] = []
    for case in open_cases_lying_in(connection, codes):
        r = case.routing
        routing = {
            "generation": published.number,
            "area_code": r.area_code if r.area_level is None else codes.get((r.area_level, str(r.area_code)), r.area_code),
            "area_level": r.area_level,
            "areas": {level: codes.get((level, code), code) for level, code in r.areas.items()},
            "post_id": r.post_id,
            "person_id": r.person_id,
            "agency": r.agency,
        }
        changes.append((case, "rerouted", {"routing": routing, "from_area": r.area_code, "reason": "recoded"}))
    record(connection, changes, actor=actor, at=now)
    return len(changes)


def _log(connection: Connection, published: Published, codes: Areas, counts: Mapping[str, int], *, actor: str, now: datetime) -> None:
    listed = [[level, before, after] for (level, before), after in sorted(codes.items())[:LOGGED]]
    data = {"generation": published.number, "codes": listed, "areas": len(codes), "followed": dict(counts)}
    event_log.append(connection, [NewEvent("areas_recoded", None, actor, now, data)])
