"""citygrid boundaries: what planners do with files and generations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from boundaries.demo import build_city
from boundaries.demo import levels as demo_levels
from boundaries.editing import Workspace
from boundaries.editing import fuzz as fuzz_workspace
from boundaries.files import write_frame
from boundaries.store.differences import changed_states
from boundaries.store.repository import members, require_city
from geo_service.accounts import Actor
from geo_service.cli.boundaries import boundaries
from geo_service.cli.opening import opened
from geo_service.cli.talk import FINDINGS, err, language, result, say
from geo_service.flows.planning import files

__all__ = ["boundaries"]


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


@boundaries.command("export")
def export(
    out: Annotated[Path, typer.Option(help="The file to write: .gpkg, .geojson or .parquet.")],
    level: Annotated[str | None, typer.Option(help="One level in lon/lat; without it all leaves in metres, to be edited in QGIS.")] = None,
    generation: Annotated[int | None, typer.Option(help="A past generation instead of the one in force.")] = None,
) -> None:
    """Write areas to a file: a level to use elsewhere, or all leaves as a GeoPackage 1.3 to edit and bring back with adopt."""
    with opened() as wiring, wiring.database.reading() as connection:
        published = wiring.published.of(connection, generation or wiring.published.current().number)
        frame = files.editing_frame(published) if level is None else files.level_frame(published, level)
    write_frame(frame, out, layer=level or "leaves")
    say(
        f"已写入 {out}：{len(frame)} 个区域（第 {published.number} 版）",
        f"wrote {out}: {len(frame)} areas of generation {published.number}",
    )


@boundaries.command("adopt")
def adopt(
    file: Annotated[str, typer.Argument(help="A file written by export and edited on a desktop; FILE:LAYER names a layer.")],
    title: Annotated[str, typer.Option(help="Title of the draft.")] = "adopted file",
    open_cases: Annotated[str, typer.Option(help="keep | move | ask")] = "ask",
    commit: Annotated[bool, typer.Option("--commit", help="Make the draft; without it only say what was understood.")] = False,
) -> None:
    """Understand an edited file as named operations. Exit 1 when parts of it could not be taken over."""
    frame, base = files.read_edited(file)
    with opened() as wiring:
        number = base if base is not None else wiring.published.current().number
        with wiring.database.reading() as connection:
            found = files.understand(connection, wiring, frame, number)
        for line in found.findings:
            result(line.text(language()))
        for defect in found.defects:
            err.print(f"{defect.rule}: {defect.text(language())}", markup=False)
        if not found.operations:
            say("文件没有任何修改", "the file changes nothing")
        elif commit:
            with wiring.database.writing() as connection:
                actor, now = Actor("command line", "planner"), wiring.clock.now()
                record = files.keep(connection, found, base=number, title=title, open_cases=open_cases, actor=actor, now=now)
            say(f"已建立草稿 {record.draft_id}", f"made draft {record.draft_id}")
        else:
            say("加上 --commit 即建立草稿", "--commit makes a draft of it")
    if found.defects:
        raise typer.Exit(FINDINGS)


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
