"""Findings and repairs as a table, as JSON and as GeoJSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas
import orjson
import shapely
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from boundaries.checks import Moved
from boundaries.checks.proposals import OPERATIONS
from boundaries.files import write_frame
from boundaries.model import Defect
from geo_service.cli.talk import chosen, err, language, out, say

__all__ = ["defect_values", "repair_values", "show_answer", "show_defects", "show_repair", "write_places"]

SHOWN = 40


def defect_values(defect: Defect) -> dict[str, Any]:
    """A finding as JSON values."""
    place = None if defect.place is None else orjson.loads(shapely.to_geojson(defect.place))
    return {
        "id": defect.defect_id,
        "rule": defect.rule,
        "severity": defect.severity,
        "areas": list(defect.areas),
        "place": place,
        "size": defect.size,
        "unit": defect.unit,
        "message": defect.text(language()),
        "repair": defect.repair,
    }


def repair_values(done: Sequence[Defect], moved: Sequence[Moved], *, committed: bool) -> dict[str, Any]:
    """What a repair does, as JSON values: the operations, and each area whose shape is another with its square metres."""
    return {
        "committed": committed,
        "operations": [{"rule": defect.rule, "areas": list(defect.areas), **(defect.repair or {})} for defect in done],
        "areas": [{"code": area.code, "before_m2": area.before_m2, "after_m2": area.after_m2, "moved_m2": area.moved_m2} for area in moved],
        "moved_m2": round(sum(area.moved_m2 for area in moved), 3),
    }


def show_defects(found: Sequence[Defect], *, on: Console = err) -> None:
    """A table of findings, errors first, the first SHOWN of them; on stderr unless the table is the answer."""
    if not found:
        say("未发现问题", "nothing found to object to")
        return
    table = Table("severity", "rule", "areas", "place", "size", "message", "repair", box=None, pad_edge=False)
    ordered = sorted(found, key=lambda defect: ("error", "warning", "info").index(defect.severity))
    for defect in ordered[:SHOWN]:
        cells = (_some(defect.areas), _where(defect), _size(defect), defect.text(language()), _operation(defect))
        table.add_row(defect.severity, defect.rule, *map(escape, cells))
    on.print(table)
    if len(ordered) > SHOWN:
        counts = ", ".join(f"{rule} {count}" for rule, count in Counter(defect.rule for defect in ordered).most_common())
        say(f"… 另有 {len(ordered) - SHOWN} 项;合计:{counts}", f"... and {len(ordered) - SHOWN} more; in all: {counts}")


def show_repair(done: Sequence[Defect], moved: Sequence[Moved]) -> None:
    """What a repair does, on stderr: a table of operations, then a table of the areas whose shape is another."""
    if not done:
        say("没有可安全修复的问题", "there is nothing that could be repaired safely")
        return
    table = Table("repair", "rule", "areas", "place", "m2", box=None, pad_edge=False)
    for defect in done[:SHOWN]:
        changes = (defect.repair or {}).get("changes", {})
        cells = (
            _operation(defect),
            defect.rule,
            _some(changes.get("areas") or defect.areas),
            _where(defect),
            f"{changes.get('m2', 0.0):.3f}",
        )
        table.add_row(*map(escape, cells))
    err.print(table)
    shapes = Table("area", "before m2", "after m2", "moved m2", box=None, pad_edge=False)
    for area in sorted(moved, key=lambda area: -area.moved_m2)[:SHOWN]:
        shapes.add_row(escape(area.code), f"{area.before_m2:.3f}", f"{area.after_m2:.3f}", f"{area.moved_m2:.3f}")
    err.print(shapes)
    total = sum(area.moved_m2 for area in moved)
    say(
        f"共 {len(done)} 项修复,涉及 {len(moved)} 个区域的图形,变动 {total:.3f} 平方米",
        f"{len(done)} repairs, {len(moved)} areas with another shape, {total:.3f} m2 moved",
    )


def write_places(found: Sequence[Defect], target: Path) -> None:
    """The findings as GeoJSON, a feature each; those without a place have no geometry."""
    values = [defect_values(defect) for defect in found]
    columns = {name: [value[name] for value in values] for name in ("id", "rule", "severity", "areas", "size", "unit", "message", "repair")}
    places = [defect.place for defect in found]
    write_frame(geopandas.GeoDataFrame(columns, geometry=places, crs="EPSG:4326"), target)


def show_answer(found: Sequence[Defect]) -> None:
    """The table on stdout: the answer of a check."""
    show_defects(found, on=out)


def _some(areas: Sequence[str]) -> str:
    return ", ".join(areas[:3]) + (" …" if len(areas) > 3 else "")


def _where(defect: Defect) -> str:
    if defect.place is None or defect.place.is_empty:
        return "-"
    point = shapely.point_on_surface(defect.place)
    return f"{point.x:.6f}, {point.y:.6f}"


def _size(defect: Defect) -> str:
    if not defect.size:
        return "-"
    return f"{defect.size:g}" if defect.unit == "count" else f"{defect.size:.3f} {defect.unit}"


def _operation(defect: Defect) -> str:
    operation = (defect.repair or {}).get("operation", "")
    en, zh = OPERATIONS.get(operation, ("-", "-"))
    return chosen(zh, en)
