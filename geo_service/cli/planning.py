"""citygrid boundaries: what planners do with files and generations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from geopandas import GeoDataFrame
from rich.markup import escape
from rich.table import Table

from boundaries.demo import build_city
from boundaries.demo import levels as demo_levels
from boundaries.editing import Workspace
from boundaries.editing import fuzz as fuzz_workspace
from boundaries.files import write_frame
from boundaries.store.drafts import draft_record
from boundaries.store.repository import defects as stored_defects
from boundaries.store.repository import members, require_city
from geo_service.accounts import Actor
from geo_service.cli.boundaries import boundaries
from geo_service.cli.findings import SHOWN, defect_values, show_answer, show_defects, write_places
from geo_service.cli.opening import opened
from geo_service.cli.pictures import write_bytes
from geo_service.cli.talk import FINDINGS, chosen, err, language, refuse, result, say
from geo_service.flows.planning import adopting, files, publishing
from geo_service.flows.planning.differences import difference_frame
from geo_service.maps import compare

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
    generation: Annotated[int | None, typer.Option(min=1, help="A past generation instead of the one in force.")] = None,
    draft: Annotated[int | None, typer.Option(min=1, help="The draft of this number, as it is now, instead of a generation.")] = None,
) -> None:
    """Write areas to a file: a level to use elsewhere, or all leaves as a GeoPackage 1.3 to edit and bring back with adopt."""
    if draft is not None and (level is not None or generation is not None):
        raise refuse(chosen("--draft 不能与 --level 或 --generation 同用", "--draft goes without --level and --generation"))
    with opened() as wiring, wiring.database.reading() as connection:
        if draft is not None:
            record = draft_record(connection, draft)
            frame = files.draft_frame(record, wiring.drafts.draft(connection, record), require_city(connection))
            of = (f"草稿 {draft}，版本 {record.head}", f"draft {draft} at its operation {record.head}")
        else:
            published = wiring.published.of(connection, generation or wiring.published.current().number)
            frame = files.editing_frame(published) if level is None else files.level_frame(published, level)
            of = (f"第 {published.number} 版", f"generation {published.number}")
    write_frame(frame, out, layer=level or "leaves")
    say(f"已写入 {out}：{len(frame)} 个区域（{of[0]}）", f"wrote {out}: {len(frame)} areas of {of[1]}")


@boundaries.command("adopt")
def adopt(
    file: Annotated[str, typer.Argument(help="A file written by export and edited on a desktop; FILE:LAYER names a layer.")],
    title: Annotated[str, typer.Option(help="Title of the draft.")] = "adopted file",
    open_cases: Annotated[str, typer.Option(help="keep | move | ask")] = "ask",
    commit: Annotated[bool, typer.Option("--commit", help="Write it into a draft; without it only say what was understood.")] = False,
) -> None:
    """Understand an edited file as named operations: of a new draft, or of the one that was exported. Exit 1 when parts were refused."""
    if open_cases not in ("keep", "move", "ask"):
        raise refuse("--open-cases keep | move | ask")
    edited = adopting.read_edited(file)
    with opened() as wiring:
        with wiring.database.reading() as connection:
            seen = None
            if edited.draft is not None:
                seen, found = adopting.understand_in(connection, wiring, edited.draft, edited, expected_head=None)
                number = seen.base_generation
            else:
                number, found = adopting.understand(connection, wiring, edited)
        for line in found.findings:
            result(line.text(language()))
        for defect in found.defects:
            err.print(f"{defect.rule}: {defect.text(language())}", markup=False)
        if not found.operations:
            say("文件没有任何修改", "the file changes nothing")
        elif commit:
            with wiring.database.writing() as connection:
                actor, now = Actor("command line", "planner"), wiring.clock.now()
                if seen is not None:
                    record = adopting.keep_in(connection, wiring, seen, found, actor=actor, now=now)
                else:
                    record = adopting.keep(connection, found, base=number, title=title, open_cases=open_cases, actor=actor, now=now)
            made = (f"已写入草稿 {record.draft_id}", f"taken into draft {record.draft_id}")
            say(*(made if seen is not None else (f"已建立草稿 {record.draft_id}", f"made draft {record.draft_id}")))
        else:
            say("加上 --commit 即写入草稿", "--commit writes it into a draft")
    if found.defects:
        raise typer.Exit(FINDINGS)


@boundaries.command("publish-draft")
def publish_draft(draft: Annotated[int, typer.Argument(min=1, help="The draft's number.")]) -> None:
    """Prove and check a draft and put it in force, unless errors bar it (exit 1). Open cases follow the draft's policy."""
    with opened() as wiring:
        actor, now = Actor("command line", "planner"), wiring.clock.now()
        say("正在核验并准备…", "proving, checking, preparing ...")
        _, made, found = publishing.prepare(wiring, draft, actor=actor, now=now)
        show_defects(found)
        if any(defect.severity == "error" for defect in found):
            say("存在错误，未发布", "there are errors: nothing was published")
            raise typer.Exit(FINDINGS)
        with wiring.database.writing() as connection:
            done = publishing.publish(connection, wiring, draft, at=None, actor=actor, now=wiring.clock.now())
    say(f"第 {made.number} 版已发布", f"generation {made.number} is in force")
    told: dict[str, Any] = {"generation": made.number, "cases_moved": done.moved, "cases_to_ask": done.to_ask, "cases_kept": done.kept}
    told |= {"followed": done.followed, "posts_orphaned": done.orphaned}
    result(orjson.dumps(told).decode())


@boundaries.command("diff")
def diff(
    older: Annotated[int, typer.Argument(min=1, help="The older generation.")],
    newer: Annotated[int, typer.Argument(min=1, help="The newer generation.")],
    out_file: Annotated[Path | None, typer.Option("--out", help=".geojson, .csv, or .html: both on one page, side by side.")] = None,
) -> None:
    """List what differs between two generations, or write it to a file. Exit 1 with differences."""
    ending = out_file.suffix.lower() if out_file is not None else ""
    if out_file is not None and ending not in (".geojson", ".csv", ".html"):
        raise refuse("--out FILE.geojson | FILE.csv | FILE.html")
    with opened() as wiring, wiring.database.reading() as connection:
        frame = difference_frame(connection, older, newer)
        page = compare(wiring, connection, older, newer, language=language()) if ending == ".html" else None
    _show_difference(frame)
    if out_file is not None:
        write_bytes(out_file, page.encode() if page is not None else files.as_bytes(frame, ending[1:], layer="diff"))
        say(f"已写入 {out_file}", f"wrote {out_file}")
    result(orjson.dumps({"older": older, "newer": newer, "areas": len(frame)}).decode())
    if len(frame):
        raise typer.Exit(FINDINGS)


def _show_difference(frame: GeoDataFrame) -> None:
    table = Table("code", "level", "how", "from", "parent", "moved m2", box=None, pad_edge=False)
    texts = ["code", "level", "how", "from_code", "from_parent", "to_parent"]
    for row in frame[[*texts, "moved_m2"]][:SHOWN].fillna(dict.fromkeys(texts, "")).itertuples():
        above = " > ".join(dict.fromkeys(code for code in (row.from_parent, row.to_parent) if code))
        was = row.from_code if row.from_code not in ("", row.code) else ""
        table.add_row(*map(escape, (row.code, row.level, row.how, was, above, f"{row.moved_m2:.2f}")))
    err.print(table)
    if len(frame) > SHOWN:
        say(f"… 另有 {len(frame) - SHOWN} 项", f"... and {len(frame) - SHOWN} more")


@boundaries.command("defects")
def defects(
    generation: Annotated[int | None, typer.Argument(min=1, help="A generation; the one in force when left out.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Write the places of the findings as GeoJSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print {defects: [{rule, areas, place, message, repair, ...}]}.")] = False,
) -> None:
    """Say what was found in a stored generation, with the repairs proposed. Exit 1 with findings."""
    with opened() as wiring, wiring.database.reading() as connection:
        found = stored_defects(connection, generation or wiring.published.current().number)
    if as_json:
        result(orjson.dumps({"defects": [defect_values(defect) for defect in found]}).decode())
    else:
        show_answer(found)
    if out_file is not None:
        write_places(found, out_file)
    if found:
        raise typer.Exit(FINDINGS)
