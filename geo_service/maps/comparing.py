"""Two generations of boundaries side by side, as one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Connection

import map_ui.frames
import map_ui.views
from boundaries.editing.diff import AreaDiff, Diff, diff
from boundaries.model import AreaVersion
from boundaries.store.differences import changed_states
from geo_service.api.wiring import Wiring
from geo_service.maps.drawing import ground_of, heading_of, level_names
from geo_service.maps.frames import areas_frame
from geo_service.scope import NOTHING

COLUMNS = [column.name for column in map_ui.frames.CHANGES]
_SHOWN = {"recounted": "households", "reshared": "reshaped"}


def compare(wiring: Wiring, connection: Connection, older: int, newer: int, *, language: str) -> str:
    """The page that shows two generations beside each other with their changes. GenerationError for an unknown number."""
    before, after = (wiring.published.of(connection, number) for number in (older, newer))
    old, new = changed_states(connection, older, newer)
    found = diff([s for s in old.values() if s], [s for s in new.values() if s])
    now = wiring.clock.now()
    shown_before, shown_after = (
        areas_frame(connection, p, chosen=list(p.areas.values()), at=now, language=language, scope=NOTHING) for p in (before, after)
    )
    changes = changes_frame(found, before.areas, after.areas)
    view = map_ui.views.compare(
        shown_before,
        shown_after,
        changes,
        heading_before=heading_of(wiring, before, None),
        heading_after=heading_of(wiring, after, None),
        ground=ground_of(wiring, shown_after, None),
        level_names=level_names(after),
    )
    return map_ui.views.render(view, language)


def changes_frame(found: Diff, before: Mapping[int, AreaVersion], after: Mapping[int, AreaVersion]) -> pd.DataFrame:
    """`map_ui.frames.CHANGES`: a row for each way in which an area differs, levels beside the ladder included."""
    took = {entry.from_key: entry.to_key for entry in found.lineage if entry.from_key is not None}
    came = {entry.to_key: entry.from_key for entry in found.lineage if entry.from_key is not None}
    rows = []
    for area in found.areas:
        shared = _row(area, before, after)
        source, target = before.get(came.get(area.key, -1)), after.get(took.get(area.key, -1))
        for how in dict.fromkeys(_SHOWN.get(how, how) for how in area.how):
            from_code, to_code = shared["from_code"], shared["to_code"]
            if how == "added":
                from_code = source.code if source else ""
            if how == "retired":
                to_code = target.code if target else ""
            rows.append({**shared, "change": how, "from_code": from_code, "to_code": to_code})
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(area: AreaDiff, before: Mapping[int, AreaVersion], after: Mapping[int, AreaVersion]) -> dict[str, Any]:
    old, new, state = area.before, area.after, area.state
    recoded = old is not None and new is not None and old.code != new.code
    old_parent = before.get(old.parent) if old is not None and old.parent is not None else None
    new_parent = after.get(new.parent) if new is not None and new.parent is not None else None
    return {
        "code": state.code,
        "level": state.level,
        "name": state.name,
        "from_code": old.code if recoded and old is not None else "",
        "to_code": "",
        "from_parent": old_parent.code if old_parent else "",
        "to_parent": new_parent.code if new_parent else "",
        "area_m2_before": round(old.geometry.area, 1) if old is not None and old.geometry is not None else None,
        "area_m2_after": round(new.geometry.area, 1) if new is not None and new.geometry is not None else None,
        "households_before": old.households if old is not None else 0,
        "households_after": new.households if new is not None else 0,
    }
