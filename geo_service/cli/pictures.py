"""citygrid map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from geo_service.cli.opening import opened
from geo_service.cli.talk import language, refuse, say
from geo_service.errors import SetupError
from geo_service.maps import NAMES, compare
from geo_service.maps import draw as draw_page


def draw(
    name: Annotated[str, typer.Argument(help=" | ".join((*NAMES, "compare")))],
    out: Annotated[Path, typer.Option(help="The HTML file to write.")],
    area: Annotated[str | None, typer.Option(help="Code of one area to draw with what lies in it.")] = None,
    lang: Annotated[str | None, typer.Option(help="zh-CN or en; the shell's language otherwise.")] = None,
    older: Annotated[int | None, typer.Option(min=1, help="For compare: the older generation.")] = None,
    newer: Annotated[int | None, typer.Option(min=1, help="For compare: the newer generation.")] = None,
) -> None:
    """Draw a map as one self-contained HTML file that opens without a network."""
    with opened() as wiring, wiring.database.reading() as connection:
        spoken = lang or language()
        if name == "compare":
            if older is None or newer is None:
                raise refuse("--older N --newer M")
            html = compare(wiring, connection, older, newer, language=spoken)
        else:
            html = draw_page(wiring, connection, name, language=spoken, area=area)
    try:
        waiting = out.with_name(out.name + ".part")
        waiting.write_text(html, encoding="utf-8")
        waiting.replace(out)
    except OSError as error:
        why = error.strerror or str(error)
        raise SetupError(
            "cannot_write", en="{file} cannot be written: {why}", zh="无法写入 {file}：{why}", file=str(out), why=why
        ) from error
    say(f"已写入 {out}（{len(html.encode()) / 1e6:.1f} MB）", f"wrote {out} ({len(html.encode()) / 1e6:.1f} MB)")
