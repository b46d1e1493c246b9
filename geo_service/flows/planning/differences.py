"""What differs between two generations as a frame: a row an area, to be written as GeoJSON or as a table."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from sqlalchemy import Connection

from boundaries.editing.diff import AreaDiff, Diff
from boundaries.editing.diff import diff as compare
from boundaries.editing.state import AreaState
from boundaries.geometry import to_lonlat
from boundaries.store.differences import changed_states, codes_of
from boundaries.store.repository import require_city

COLUMNS = (
    *("code", "level", "name", "how", "material", "moved_m2", "from_code", "from_name", "from_parent", "to_parent"),
    *("households_before", "households_after", "area_m2_before", "area_m2_after"),
)


def found_between(connection: Connection, older: int, newer: int) -> tuple[Diff, dict[int, AreaState | None]]:
    """(the difference, the last state of every area in it). Raises GenerationError `generation_unknown`."""
    before, after = changed_states(connection, older, newer)
    found = compare([s for s in before.values() if s], [s for s in after.values() if s])
    return found, {**before, **{key: state for key, state in after.items() if state}}


def difference_frame(connection: Connection, older: int, newer: int) -> gpd.GeoDataFrame:
    """COLUMNS and the later shape of each area that differs, in WGS-84 lon/lat; what only received vertices is not material."""
    found, _ = found_between(connection, older, newer)
    above = [codes_of(connection, number, _parents(found)) for number in (older, newer)]
    rows = [_row(area, *above) for area in found.areas]
    shapes = np.array([None, *(area.state.geometry for area in found.areas)], dtype=object)[1:]
    shapes = to_lonlat(shapes, require_city(connection).metric_crs)
    frame = gpd.GeoDataFrame(rows, columns=COLUMNS, geometry=shapes, crs="EPSG:4326")
    return frame.astype(dict.fromkeys(("households_before", "households_after"), "Int64"))  # whole numbers that may be missing


def _parents(found: Diff) -> set[int]:
    states = (state for area in found.areas for state in (area.before, area.after))
    return {state.parent for state in states if state is not None and state.parent is not None}


def _row(area: AreaDiff, above_before: dict[int, str], above_after: dict[int, str]) -> dict[str, object]:
    old, new, last = area.before, area.after, area.state
    return {
        "code": last.code,
        "level": last.level,
        "name": last.name,
        "how": ", ".join(area.how),
        "material": area.material,
        "moved_m2": round(area.moved_m2, 3),
        "from_code": old.code if old else None,
        "from_name": old.name if old else None,
        "from_parent": above_before.get(old.parent) if old and old.parent is not None else None,
        "to_parent": above_after.get(new.parent) if new and new.parent is not None else None,
        "households_before": old.households if old else None,
        "households_after": new.households if new else None,
        "area_m2_before": _area(old),
        "area_m2_after": _area(new),
    }


def _area(state: AreaState | None) -> float | None:
    return round(float(state.geometry.area), 3) if state is not None and state.geometry is not None else None
