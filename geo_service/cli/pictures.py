"""citygrid map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo_service.cli.opening import opened
from geo_service.cli.talk import language, refuse, say
from geo_service.errors import SetupError
from geo_service.maps import NAMES, compare, gaps_map, load_map, reach_map
from geo_service.maps import draw as draw_page
from geo_service.scope import EVERYTHING


def draw(
    name: Annotated[str, typer.Argument(help=" | ".join((*NAMES, "compare", "load", "matrix-gaps", "reach")))],
    out: Annotated[Path, typer.Option(help="The HTML file to write.")],
    area: Annotated[str | None, typer.Option(help="Code of one area to draw with what lies in it.")] = None,
    lang: Annotated[str | None, typer.Option(help="zh-CN or en; the shell's language otherwise.")] = None,
    older: Annotated[int | None, typer.Option(min=1, help="For compare: the older generation.")] = None,
    newer: Annotated[int | None, typer.Option(min=1, help="For compare: the newer generation.")] = None,
    level: Annotated[str, typer.Option(help="For load and reach: the level of areas to colour.")] = "grid",
    kind: Annotated[str | None, typer.Option(help="For reach: service_centre | station | compound; all otherwise.")] = None,
    month: Annotated[str | None, typer.Option(help="For load: YYYY-MM; the last whole month otherwise.")] = None,
    rate: Annotated[str, typer.Option(help="For load: the rate to show besides the loads.")] = "handled_on_time",
) -> None:
    """Draw a map as one self-contained HTML file that opens without a network."""
    with opened() as wiring, wiring.database.reading() as connection:
        spoken = lang or language()
        if name == "compare":
            if older is None or newer is None:
                raise refuse("--older N --newer M")
            html = compare(wiring, connection, older, newer, language=spoken)
        elif name == "load":
            html = load_map(wiring, connection, language=spoken, scope=EVERYTHING, level=level, month=month, rate=rate, area=area)
        elif name == "reach":
            html = reach_map(wiring, connection, language=spoken, scope=EVERYTHING, level=level, kind=kind, area=area)
        elif name == "matrix-gaps":
            html = gaps_map(wiring, connection, language=spoken)
        else:
            html = draw_page(wiring, connection, name, language=spoken, scope=EVERYTHING, area=area)
    write_bytes(out, html.encode())
    say(f"已写入 {out}（{len(html.encode()) / 1e6:.1f} MB）", f"wrote {out} ({len(html.encode()) / 1e6:.1f} MB)")


def write_bytes(target: Path, content: bytes) -> None:
    """Writes a file whole or not at all. SetupError `cannot_write`."""
    try:
        waiting = target.with_name(target.name + ".part")
        waiting.write_bytes(content)
        waiting.replace(target)
    except OSError as error:
        why = error.strerror or str(error)
        raise SetupError(
            "cannot_write", en="{file} cannot be written: {why}", zh="无法写入 {file}：{why}", file=str(target), why=why
        ) from error
