"""citygrid boundaries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import geopandas
import orjson
import shapely
import typer
from rich.table import Table

import boundaries as library
from boundaries.checks.layers import check_layer
from boundaries.errors import StoreError
from boundaries.files import write_frame
from boundaries.model import Defect, Level
from boundaries.store.city import AUTO
from boundaries.store.importing import read_layers
from boundaries.store.layers import LayerSpec, parse_level_option
from boundaries.store.library import Library
from geo_service.cli.opening import read_settings
from geo_service.cli.talk import FINDINGS, err, language, result, say
from geo_service.migrations import check_version, migrate

boundaries = typer.Typer(no_args_is_help=True, help="Areas of the city: import, check, publish.")

LevelOption = Annotated[
    list[str],
    typer.Option(
        "--level", help="LEVEL=[LAYER:]CODE[,parent=COLUMN][,name=COLUMN][,kind=COLUMN][,households=COLUMN]; once a level, coarse to fine."
    ),
]
SHOWN = 40


@boundaries.command("import")
def import_file(
    file: Annotated[str, typer.Argument(help="GeoPackage, GeoJSON, Shapefile or GeoParquet; FILE:LAYER names a layer.")],
    level: LevelOption,
    name: Annotated[str | None, typer.Option(help="Column with the areas' names, for levels that name none.")] = None,
    metric_crs: Annotated[str, typer.Option(help="EPSG:n, or auto for one that fits; must be the city's own once it has one.")] = AUTO,
    datum: Annotated[str | None, typer.Option(help="gcj02 or bd09 for files that are so shifted; the file's own system otherwise.")] = None,
    crs: Annotated[str | None, typer.Option(help="Reference system of a file that does not say its own.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Text encoding of a Shapefile that does not say its own.")] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Repair invalid polygons instead of refusing them.")] = False,
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
        found = read_layers(specs, metric_crs=chosen, levels=levels, datum=datum, repair=repair, crs=crs, encoding=encoding)
        if city_crs is None and not _has_city(opened):
            opened.init_city(name=Path(file.partition(":")[0]).stem, division_code="", levels=levels, timezone="UTC")
        generation = opened.import_areas(found, actor="command line")
        _tell(found.defects)
        if found.repaired:
            say(f"已修复 {len(found.repaired)} 个多边形", f"{len(found.repaired)} polygons were repaired")
        result(
            orjson.dumps(
                {"generation": generation.number, "areas": len(found.areas), "metric_crs": found.metric_crs, "defects": len(found.defects)}
            ).decode(),
        )
        if publish:
            opened.publish(generation.number, actor="command line")
            say(f"第 {generation.number} 版已发布", f"generation {generation.number} is in force")
        else:
            say(
                f"可运行 citygrid boundaries publish {generation.number} 发布",
                f"put it in force: citygrid boundaries publish {generation.number}",
            )


def _levels(opened: Library, specs: list[LayerSpec]) -> tuple[Level, ...]:
    """The city's levels, or for a database without a city one a layer, coarse to fine, the last owning the shapes."""
    if _has_city(opened):
        return opened.city.levels
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
    file: Annotated[str, typer.Argument(help="GeoPackage, GeoJSON, Shapefile or GeoParquet; FILE:LAYER names a layer.")],
    code: Annotated[str | None, typer.Option(help="Column with the codes of a single layer.")] = None,
    level: Annotated[list[str] | None, typer.Option("--level", help="As for import: checks the levels together.")] = None,
    metric_crs: Annotated[str, typer.Option(help="EPSG:n, or auto for one that fits.")] = AUTO,
    out_file: Annotated[Path | None, typer.Option("--out", help="Write the places of the findings as GeoJSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print {defects: [{rule, areas, place, message}]}.")] = False,
) -> None:
    """Say what is wrong with a file's areas, without importing them. Exit 1 with findings."""
    found = (
        _check_levels(file, level, metric_crs)
        if level
        else check_layer(file, code=code or "code", metric_crs=None if metric_crs == AUTO else metric_crs)
    )
    if as_json:
        result(orjson.dumps({"defects": [_values(defect) for defect in found]}).decode())
    else:
        _tell(found)
    if out_file is not None:
        placed = [defect for defect in found if defect.place is not None]
        columns = {
            "rule": [d.rule for d in placed],
            "severity": [d.severity for d in placed],
            "areas": [", ".join(d.areas) for d in placed],
            "message": [d.text(language()) for d in placed],
        }
        write_frame(geopandas.GeoDataFrame(columns, geometry=[d.place for d in placed], crs="EPSG:4326"), out_file)
    if found:
        raise typer.Exit(FINDINGS)


def _check_levels(file: str, level: list[str], metric_crs: str) -> list[Defect]:
    specs = [parse_level_option(text, file) for text in level]
    names = list(dict.fromkeys(spec.level for spec in specs))
    levels = [Level(name, rank, name, name, rank == len(names) - 1) for rank, name in enumerate(names)]
    return read_layers(specs, metric_crs=metric_crs, levels=levels).defects


def _values(defect: Defect) -> dict[str, Any]:
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
    }


def _tell(found: list[Defect]) -> None:
    """A table of findings on stderr, errors first, the first SHOWN of them."""
    if not found:
        say("未发现问题", "nothing found to object to")
        return
    table = Table("severity", "rule", "areas", "message", box=None, pad_edge=False)
    ordered = sorted(found, key=lambda d: ("error", "warning", "info").index(d.severity))
    for defect in ordered[:SHOWN]:
        areas = ", ".join(defect.areas[:3]) + (" …" if len(defect.areas) > 3 else "")
        table.add_row(defect.severity, defect.rule, areas, defect.text(language()))
    err.print(table)
    if len(ordered) > SHOWN:
        say(f"… 另有 {len(ordered) - SHOWN} 项", f"... and {len(ordered) - SHOWN} more")


@boundaries.command("publish")
def publish_generation(number: Annotated[int, typer.Argument(help="The generation's number.")]) -> None:
    """Put a checked generation in force, in all processes, without a restart."""
    url = read_settings().storage.database_url
    check_version(url)
    with library.open(url) as opened:
        done = opened.publish(number, actor="command line")
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
