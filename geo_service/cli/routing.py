"""citygrid route."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from boundaries.router import Index
from boundaries.router.files import route_file
from geo_service.cli.opening import opened
from geo_service.cli.talk import progress, refuse, result


def route(
    source: Annotated[Path, typer.Argument(metavar="IN", help="CSV, GeoParquet, GeoPackage or GeoJSON with points.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write; same formats.")],
    datum: Annotated[str | None, typer.Option(help="Datum of the points: wgs84 | cgcs2000 | gcj02 | bd09; never assumed.")] = None,
    areas: Annotated[str | None, typer.Option(help="FILE[:LAYER] with polygons; the published city otherwise.")] = None,
    code: Annotated[str | None, typer.Option(help="Column of --areas with the codes.")] = None,
    lon: Annotated[str, typer.Option(help="Column with the longitudes (CSV, Parquet without geometry).")] = "lon",
    lat: Annotated[str, typer.Option(help="Column with the latitudes.")] = "lat",
    repair: Annotated[bool, typer.Option("--repair", help="Repair invalid polygons instead of refusing them.")] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave rows without a usable position empty instead of refusing the file.")
    ] = False,
) -> None:
    """Add the column area_code to a file of points: which area holds each, empty outside. Other columns stay as they are."""
    if (areas is None) != (code is None):
        raise refuse("--areas FILE[:LAYER] --code COLUMN")
    if areas is not None:
        _route(source, target, areas=areas, code=code, datum=datum, lon=lon, lat=lat, repair=repair, skip_bad=skip_bad)
        return
    with opened() as wiring:
        index = wiring.published.current().index
    _route(source, target, areas=index, code=None, datum=datum, lon=lon, lat=lat, repair=repair, skip_bad=skip_bad)


def _route(
    source: Path, target: Path, *, areas: Index | str, code: str | None, datum: str | None, lon: str, lat: str, repair: bool, skip_bad: bool
) -> None:
    with progress("分派", "routing") as (bar, task):
        done = route_file(
            source,
            target,
            areas=areas,
            code=code,
            datum=datum,
            lon=lon,
            lat=lat,
            repair=repair,
            skip_bad=skip_bad,
            progress=lambda rows, total: bar.update(task, completed=rows, total=total),
        )
        bar.update(task, total=done.rows, completed=done.rows)
    result(orjson.dumps({"rows": done.rows, "routed": done.routed, "outside": done.outside, "bad": done.bad}).decode())
