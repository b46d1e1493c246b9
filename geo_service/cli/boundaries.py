"""citygrid boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from geopandas import GeoDataFrame

import boundaries as library
from boundaries.errors import FileError, StoreError
from boundaries.files.sources import as_source
from boundaries.model import Generation, Level
from boundaries.store.city import AUTO
from boundaries.store.importing import check_layers, read_layers
from boundaries.store.layers import LayerSpec, parse_level_option
from boundaries.store.library import Library
from boundaries.store.likeness import judged
from boundaries.store.repaired_file import write_repaired
from geo_service.accounts import Actor
from geo_service.cli.findings import defect_values, repair_values, show_answer, show_defects, show_repair, write_places
from geo_service.cli.opening import opened as wired
from geo_service.cli.opening import read_settings
from geo_service.cli.talk import FINDINGS, result, say
from geo_service.flows.planning import publishing
from geo_service.migrations import check_version, migrate

boundaries = typer.Typer(no_args_is_help=True, help="Areas of the city: import, check, publish.")

FileArgument = Annotated[str, typer.Argument(help="GeoPackage, GeoJSON, Shapefile or GeoParquet; FILE:LAYER names a layer.")]
LevelOption = Annotated[
    list[str],
    typer.Option(
        "--level",
        help="LEVEL=[FILE:][LAYER:]CODE[,parent=COLUMN][,name=COLUMN][,kind=COLUMN][,households=COLUMN]; once a level, coarse to fine.",
    ),
]
DatumOption = Annotated[str | None, typer.Option(help="gcj02 or bd09 for files that are so shifted; the file's own system otherwise.")]
CrsOption = Annotated[str | None, typer.Option(help="Reference system of a file that does not say its own.")]
EncodingOption = Annotated[str | None, typer.Option(help="Text encoding of a Shapefile, instead of what its .cpg says.")]
RepairOption = Annotated[bool, typer.Option("--repair", help="Show what a repair would change; nothing is changed without --commit.")]
RestOption = Annotated[bool, typer.Option("--rest", help="Make land of a supplied parent that its children do not fill a rest leaf.")]
WidthOption = Annotated[float, typer.Option("--width", min=0.0, help="Metres: a repair settles overlaps and gaps narrower than this.")]


@boundaries.command("import")
def import_file(
    file: FileArgument,
    level: LevelOption,
    name: Annotated[str | None, typer.Option(help="Column with the areas' names, for levels that name none.")] = None,
    metric_crs: Annotated[str, typer.Option(help="EPSG:n, or auto for one that fits; must be the city's own once it has one.")] = AUTO,
    datum: DatumOption = None,
    crs: CrsOption = None,
    encoding: EncodingOption = None,
    repair: RepairOption = False,
    rest: RestOption = False,
    width: WidthOption = 1.0,
    commit: Annotated[bool, typer.Option("--commit", help="With --repair: do it, and import the outcome.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Import what is shifted, lacks a level or halves the city.")] = False,
    publish: Annotated[bool, typer.Option("--publish", help="Put the generation in force at once, if nothing bars it.")] = False,
) -> None:
    """Import areas as a new generation and say what is wrong with them. An empty database is prepared and founded by the way."""
    specs = [parse_level_option(text, file, name=name) for text in level]
    url = read_settings().storage.database_url
    migrate(url)
    with library.open(url) as opened:
        levels = _levels(opened, specs)
        city_crs = _city_crs(opened)
        chosen = city_crs if metric_crs == AUTO and city_crs is not None else metric_crs
        options: dict[str, Any] = {"datum": datum, "crs": crs, "encoding": encoding, "width_m": width, "allow_missing": force}
        found = read_layers(specs, metric_crs=chosen, levels=levels, repair=repair, rest=rest, **options)
        found = judged(found, _published(opened), force=force)
        show_defects(found.defects)
        if repair or rest:
            show_repair(found.done, found.moved)
        told: dict[str, Any] = {
            "generation": None,
            "areas": len(found.areas),
            "metric_crs": found.metric_crs,
            "defects": len(found.defects),
        }
        if repair or rest:
            told["repair"] = repair_values(found.done, found.moved, committed=commit or not repair)
        if repair and not commit:
            result(orjson.dumps(told).decode())
            say("以上仅为预览,未作任何更改;加 --commit 执行", "this was a preview, nothing was changed; --commit does it")
            return
        if city_crs is None and not _has_city(opened):
            opened.init_city(name=Path(file.partition(":")[0]).stem, division_code="", levels=levels, timezone="UTC")
        generation = opened.import_areas(found, actor="command line")
        result(orjson.dumps({**told, "generation": generation.number}).decode())
        _end(opened, generation.number, publish=publish)


def _end(opened: Library, number: int, *, publish: bool) -> None:
    if publish:
        _in_force(number)
        say(f"第 {number} 版已发布", f"generation {number} is in force")
    else:
        say(f"可运行 citygrid boundaries publish {number} 发布", f"put it in force: citygrid boundaries publish {number}")


def _in_force(number: int) -> Generation:
    """Publishes it with all that hangs on its areas, and says what lost its area. Open cases whose area changed are asked about."""
    with wired() as wiring, wiring.database.writing() as connection:
        actor = Actor("command line", "planner")
        done = publishing.publish_generation(connection, wiring, number, policy="ask", actor=actor, now=wiring.clock.now())
    if done.orphaned:
        say(f"{done.orphaned} 个岗位所属区域已不存在", f"{done.orphaned} posts stand for areas that do not exist any more")
    return done.generation


def _published(opened: Library) -> GeoDataFrame | None:
    """The city in force, to compare an import with; None before there is one."""
    if not _has_city(opened) or not any(generation.status == "published" for generation in opened.generations()):
        return None
    return opened.areas()


def _levels(opened: Library, specs: Sequence[LayerSpec]) -> tuple[Level, ...]:
    """The city's levels, or for a database without a city one a layer, coarse to fine, the last owning the shapes."""
    return opened.city.levels if _has_city(opened) else _levels_of(specs)


def _levels_of(specs: Sequence[LayerSpec]) -> tuple[Level, ...]:
    names = list(dict.fromkeys(spec.level for spec in specs))
    return tuple(Level(name, rank, name, name, rank == len(names) - 1) for rank, name in enumerate(names))


def _has_city(opened: Library) -> bool:
    try:
        return bool(opened.city)
    except StoreError as error:
        if error.code == "city_missing":
            return False
        raise


def _city_crs(opened: Library) -> str | None:
    if not _has_city(opened) or opened.city.metric_crs == AUTO:
        return None
    return opened.city.metric_crs


@boundaries.command("check")
def check(
    file: FileArgument,
    code: Annotated[str, typer.Option(help="Column with the codes of a single layer.")] = "code",
    level: Annotated[list[str] | None, typer.Option("--level", help="As for import: checks the levels together.")] = None,
    metric_crs: Annotated[str, typer.Option(help="EPSG:n, or auto for one that fits.")] = AUTO,
    datum: DatumOption = None,
    crs: CrsOption = None,
    encoding: EncodingOption = None,
    repair: RepairOption = False,
    width: WidthOption = 1.0,
    commit: Annotated[bool, typer.Option("--commit", help="With --repair and --into: write the repaired areas.")] = False,
    into: Annotated[Path | None, typer.Option(help="New GeoPackage for the repaired areas; the file itself is never changed.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Write the places of the findings as GeoJSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print {defects: [{rule, areas, place, message, repair, ...}]}.")] = False,
) -> None:
    """Say what is wrong with a file's areas, without importing them. Exit 1 with findings."""
    specs = [parse_level_option(text, file) for text in level] if level else [_only_layer(file, code)]
    levels = _levels_of(specs)
    options: dict[str, Any] = {"metric_crs": metric_crs, "levels": levels, "datum": datum, "crs": crs, "encoding": encoding}
    found = check_layers(specs, **options)
    told: dict[str, Any] = {"defects": [defect_values(defect) for defect in found]}
    if not as_json:
        show_answer(found)
    if out_file is not None:
        write_places(found, out_file)
    if repair:
        told["repair"] = _repaired(specs, into if commit else None, commit=commit, width_m=width, **options)
    if as_json:
        result(orjson.dumps(told).decode())
    if found:
        raise typer.Exit(FINDINGS)


def _repaired(specs: Sequence[LayerSpec], into: Path | None, *, commit: bool, **options: Any) -> dict[str, Any]:
    if commit and into is None:
        raise FileError(
            "target_needed",
            en="--commit needs --into FILE.gpkg: the file that is checked is never changed.",
            zh="--commit 需要 --into FILE.gpkg:被检查的文件不会被改动。",
        )
    made = read_layers(specs, repair=True, allow_missing=True, **options)
    show_repair(made.done, made.moved)
    if into is not None:
        write_repaired(made, into, sources=[spec.source for spec in specs])
        say(f"已写入 {into};剩余 {len(made.defects)} 项问题", f"written to {into}; {len(made.defects)} findings are left")
    else:
        say("以上仅为预览,未作任何更改", "this was a preview, nothing was changed")
    return {**repair_values(made.done, made.moved, committed=into is not None), "left": [defect_values(defect) for defect in made.defects]}


def _only_layer(file: str, code: str) -> LayerSpec:
    source = as_source(file)
    return LayerSpec(level="area", source=source.path, code=code, layer=source.layer)


@boundaries.command("publish")
def publish_generation(number: Annotated[int, typer.Argument(help="The generation's number.")]) -> None:
    """Put a checked generation in force, in all processes, without a restart."""
    done = _in_force(number)
    say(
        f"第 {done.number} 版自 {done.effective_from:%Y-%m-%d %H:%M:%S} UTC 起生效",
        f"generation {done.number} is in force from {done.effective_from:%Y-%m-%d %H:%M:%S} UTC",
    )


@boundaries.command("list")
def list_generations() -> None:
    """List the generations and when each was in force."""
    url = read_settings().storage.database_url
    check_version(url)
    with library.open(url) as opened:
        for g in opened.generations():
            since = f"{g.effective_from:%Y-%m-%d %H:%M}" if g.effective_from else "-"
            until = f"{g.effective_until:%Y-%m-%d %H:%M}" if g.effective_until else "-"
            result(f"{g.number}\t{g.status}\t{g.kind}\t{since}\t{until}\t{g.metric_crs}\t{g.content_hash[:12]}\t{g.source}")
