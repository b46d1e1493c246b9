"""citygrid boundaries: what planners do with files and generations."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer
from rich.table import Table

from boundaries.demo import build_city
from boundaries.demo import levels as demo_levels
from boundaries.editing import Workspace
from boundaries.editing import fuzz as fuzz_workspace
from boundaries.store.differences import changed_states
from boundaries.store.repository import members, require_city
from geo_service.cli.boundaries import boundaries
from geo_service.cli.opening import opened
from geo_service.cli.talk import FINDINGS, err, result, say


@boundaries.command("fuzz")
def fuzz(
    operations: Annotated[int, typer.Option(min=1, help="How many operations to try.")] = 300,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other operations.")] = 1,
    scale: Annotated[float | None, typer.Option(help="Draw on a demonstration city of this scale; the published city otherwise.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Try random and adversarial edits on a copy in memory; nothing is stored. Exit 1 when the map broke."""
    workspace = _demo_workspace(scale) if scale is not None else _published_workspace()
    report = fuzz_workspace(workspace, operations=operations, seed=seed)
    if as_json:
        result(orjson.dumps(report.to_json()).decode())
    else:
        for name, value in report.to_json().items():
            result(f"{name}\t{value}")
    if not report.coverage_valid or report.off_grid_vertices:
        raise typer.Exit(FINDINGS)


def _demo_workspace(scale: float) -> Workspace:
    say("绘制演示城市…", "drawing a demonstration city ...")
    return Workspace.from_frame(build_city(seed=1, scale=scale).areas, demo_levels())


def _published_workspace() -> Workspace:
    with opened() as wiring, wiring.database.reading() as connection:
        city = require_city(connection)
        return Workspace.of(members(connection, wiring.published.current().number), city.levels, city.metric_crs)


@boundaries.command("diff")
def diff(
    older: Annotated[int, typer.Argument(help="The older generation.")],
    newer: Annotated[int, typer.Argument(help="The newer generation.")],
) -> None:
    """List what differs between two generations. Exit 1 with differences."""
    with opened() as wiring, wiring.database.reading() as connection:
        before, after = changed_states(connection, older, newer)
    table = Table("code", "level", "change", "before", "after", box=None, pad_edge=False)
    for key in sorted(after):
        old, new = before[key], after[key]
        state = new or old
        if state is None:
            continue
        kind = "founded" if old is None else "retired" if new is None else "changed"
        table.add_row(state.code, state.level, kind, old.name if old else "", new.name if new else "")
    err.print(table)
    result(orjson.dumps({"older": older, "newer": newer, "areas": len(after)}).decode())
    if after:
        raise typer.Exit(FINDINGS)
