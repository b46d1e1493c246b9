"""Changes as the wire has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import shapely

from boundaries.editing import AreaState, Lineage, operations_of
from boundaries.editing.diff import Diff
from boundaries.editing.rebase import Step
from boundaries.geometry import to_lonlat
from boundaries.model import AreaVersion, Defect
from boundaries.store.drafts import DraftRecord
from geo_service.flows.planning.schemas import AreaChange, DiffArea, DraftOut, StepOut


def area_changes(
    before: Mapping[int, AreaState | None], after: Mapping[int, AreaState | None], material: Mapping[int, bool], metric_crs: str
) -> list[AreaChange]:
    """The areas written, in the order of their keys, with their new shapes (or the last one of an area that ended)."""
    keys = sorted(after)
    last = [after[key] or before[key] for key in keys]
    shapes = _geojson([state.geometry if state else None for state in last], metric_crs)
    return [
        AreaChange(
            key=key,
            level=state.level if state else "",
            change=kind_of(before[key], after[key], material.get(key, True)),
            material=bool(material.get(key, True)),
            before=_said(before[key]),
            after=_said(after[key]),
            geometry=shape,
        )
        for key, state, shape in zip(keys, last, shapes, strict=True)
    ]


def kind_of(before: AreaState | None, after: AreaState | None, material: bool) -> Any:
    """founded, retired, reshaped, touched (only a vertex), or changed (name, code, parent, households)."""
    if before is None:
        return "founded"
    if after is None:
        return "retired"
    if not material:
        return "touched"
    same_shape = (before.geometry is None and after.geometry is None) or (
        before.geometry is not None and after.geometry is not None and shapely.equals(before.geometry, after.geometry)
    )
    return "changed" if same_shape else "reshaped"


def _said(state: AreaState | None) -> dict[str, Any] | None:
    if state is None:
        return None
    area_m2 = None if state.geometry is None else round(float(state.geometry.area), 2)
    return {
        "code": state.code,
        "name": state.name,
        "kind": state.kind,
        "parent": state.parent,
        "households": state.households,
        "shares_face_of": state.shares_face_of,
        "area_m2": area_m2,
    }


def _geojson(shapes: Sequence[Any], metric_crs: str) -> list[dict[str, Any] | None]:
    return [None if shape is None else orjson.loads(shapely.to_geojson(to_lonlat(shape, metric_crs))) for shape in shapes]


def diff_areas(found: Diff, metric_crs: str) -> list[DiffArea]:
    """The areas of a difference with their later shapes."""
    shapes = _geojson([area.state.geometry for area in found.areas], metric_crs)
    return [
        DiffArea(
            key=area.key,
            level=area.state.level,
            how=list(area.how),
            material=area.material,
            moved_m2=area.moved_m2,
            before=_said(area.before),
            after=_said(area.after),
            geometry=shape,
        )
        for area, shape in zip(found.areas, shapes, strict=True)
    ]


def step_out(step: Step, language: str) -> StepOut:
    """What became of one operation."""
    differing = [] if step.result == "identical" else step.differing
    return StepOut(
        operation=step.operation.to_json(),
        result=step.result,
        code=step.error.code if step.error else None,
        message=step.error.text(language) if step.error else None,
        areas=[{"key": key, "then": _said(then), "now": _said(now)} for key, then, now in differing],
    )


def lineage_out(lineage: Iterable[Lineage], states: Mapping[int, AreaState | None]) -> list[dict[str, Any]]:
    """Where land went, by key and code."""

    def code(key: int | None) -> str | None:
        state = states.get(key) if key is not None else None
        return state.code if state else None

    return [
        {
            "kind": entry.kind,
            "from_key": entry.from_key,
            "from_code": code(entry.from_key),
            "to_key": entry.to_key,
            "to_code": code(entry.to_key),
            "area_m2": round(entry.area_m2, 2),
            "area_share": round(entry.area_share, 4),
            "household_share": round(entry.household_share, 4),
        }
        for entry in lineage
    ]


def defect_out(defect: Defect, language: str) -> dict[str, Any]:
    """A finding with its place."""
    place = None if defect.place is None else orjson.loads(shapely.to_geojson(defect.place))
    return {
        "id": defect.defect_id,
        "rule": defect.rule,
        "severity": defect.severity,
        "areas": list(defect.areas),
        "place": place,
        "size": defect.size,
        "unit": defect.unit,
        "message": defect.text(language),
        "repair": defect.repair,
    }


def with_operations(listed: Sequence[dict[str, Any]], areas: Mapping[int, AreaVersion]) -> list[dict[str, Any]]:
    """Findings with `operations`: the proposed repair as operations on a draft over these areas."""
    keys = {area.code: key for key, area in areas.items()}
    keys.update({area.code: key for key, area in areas.items() if area.geometry is not None})  # a code may stand on two levels
    return [{**one, "operations": [operation.to_json() for operation in operations_of(one["repair"], keys)]} for one in listed]


def draft_out(record: DraftRecord, current: int | None) -> DraftOut:
    """A draft; current: the number of the generation in force."""
    superseded = record.status in ("open", "review") and record.base_generation != current
    values = {name: getattr(record, name) for name in DraftOut.model_fields if name != "superseded"}
    return DraftOut(**values, superseded=superseded)
