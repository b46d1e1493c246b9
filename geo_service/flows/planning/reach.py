"""Where a planner may redraw: each area that a change touches lies in their part of the city, before it and behind it.

The one place where that is decided, for operations, undo, rebase, adopted files, publication, rollback and locks. A neighbour that only
receives a vertex on a shared edge is not touched: nothing of it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection

from boundaries.editing import AreaState, Change, Draft, Workspace
from boundaries.model import AreaVersion
from boundaries.store.drafts import DraftRecord
from boundaries.store.repository import current_number
from geo_service.accounts import Actor, scope
from geo_service.api.wiring import Wiring
from geo_service.errors import DeniedError
from geo_service.flows.planning.differences import found_between
from geo_service.published import Published
from geo_service.scope import EVERYTHING, Scope

Above = Callable[[int], tuple[str, int | None] | None]
"""Of an area's key its code and the key of its parent; None where there is none."""


def require_change(actor: Actor, change: Change, *, before: Workspace, after: Workspace) -> None:
    """DeniedError `outside_your_area`, with the area's name, where a change touches anything beyond the planner's part of the city.

    before, after: the states around it; what the change itself says goes first.
    """
    reach = scope(actor, "planning.write")
    for states, around in ((change.before, before), (change.after, after)):
        _require(reach, (state for key, state in states.items() if change.material[key]), _above(states, around))


def require_draft(actor: Actor, draft: Draft) -> None:
    """As `require_change`, for all that a draft changes."""
    total = draft.total()
    if total is not None:
        require_change(actor, total, before=draft.base, after=draft.workspace)


def require_recorded(connection: Connection, wiring: Wiring, record: DraftRecord, actor: Actor) -> None:
    """As `require_draft`, for the draft of a record in its present state."""
    if scope(actor, "planning.write") != EVERYTHING:
        with wiring.drafts.guard:
            require_draft(actor, wiring.drafts.draft(connection, record))


def require_generation(connection: Connection, wiring: Wiring, number: int, actor: Actor) -> None:
    """DeniedError `outside_your_area` where a generation differs from the one in force beyond the planner's part of the city."""
    reach, current = scope(actor, "planning.publish"), current_number(connection)
    if reach == EVERYTHING:
        return
    if current is None:
        raise DeniedError("whole_city_needed", en="the first generation concerns the whole city", zh="首次发布涉及全市，须由全市规划员办理")
    found, _ = found_between(connection, current, number)
    for side, published in (("before", current), ("after", number)):
        states = (getattr(area, side) for area in found.areas if area.material)
        _require(reach, states, _published(wiring.published.of(connection, published)))


def require_area(actor: Actor, published: Published, area: AreaVersion) -> None:
    """DeniedError `outside_your_area` for an area beyond the planner's part of the city."""
    codes = {one.code for one in published.chain(area)}
    if not scope(actor, "planning.write").takes_in(areas=codes, category=None):
        raise _outside(area.name, area.code)


def _require(reach: Scope, states: Iterable[AreaState | None], above: Above) -> None:
    if reach == EVERYTHING:
        return
    for state in states:
        if state is not None and not reach.takes_in(areas={state.code, *_codes(state.parent, above)}, category=None):
            raise _outside(state.name, state.code)


def _codes(key: int | None, above: Above) -> set[str]:
    codes: set[str] = set()
    while key is not None and (found := above(key)) is not None and found[0] not in codes:
        codes.add(found[0])
        key = found[1]
    return codes


def _above(states: Mapping[int, AreaState | None], around: Workspace) -> Above:
    def one(key: int) -> tuple[str, int | None] | None:
        state = states.get(key) or around.get(key)
        return None if state is None else (state.code, state.parent)

    return one


def _published(published: Published) -> Above:
    def one(key: int) -> tuple[str, int | None] | None:
        area = published.areas.get(key)
        return None if area is None else (area.code, area.parent_id)

    return one


def _outside(name: str, code: str) -> DeniedError:
    return DeniedError(
        "outside_your_area",
        en="{name} ({area}) lies outside of the area that you plan",
        zh="{name}（{area}）不在您的规划范围内",
        name=name,
        area=code,
    )
