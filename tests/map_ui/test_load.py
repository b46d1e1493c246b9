"""The view of loads: classes of what is told, hatching for what is withheld, nothing for areas without a figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pytest

from map_ui import Heading, render, views
from map_ui.packing.payload import unpack

Jigsaw = Callable[..., gpd.GeoDataFrame]
PAYLOAD = "</script><script>window.pwned=1</script>"


def figure(frame: gpd.GeoDataFrame, **more: Any) -> views.Figure:
    codes = [code for code in frame["code"] if code.startswith("M")]
    values: dict[str, float | None] = {code: float(at) for at, code in enumerate(codes)}
    values[codes[0]] = None
    del values[codes[1]]
    return views.Figure("load", {"zh-CN": "人均件数", "en": "Cases per worker"}, values, {codes[0]: "– (1/3)"}, **more)


def filled(view: views.MapView) -> tuple[list[list[str]], list[int]]:
    shown = view.extra("en")["fills"][0]["classes"]
    total, rows = 0, []
    for step in view.data["areas"]["fills"]["load"]:
        total += step
        rows.append(total)
    return shown, rows


def test_figures_make_classes_and_what_is_withheld_is_hatched(jigsaw: Jigsaw, heading: Heading) -> None:
    frame = jigsaw()
    shown, rows = filled(views.load(frame, [figure(frame, unit="%")], heading=heading))
    by_code = dict(zip(frame["code"], rows, strict=True))
    codes = [code for code in frame["code"] if code.startswith("M")]
    assert [label for _, label, *_ in shown][-1].startswith("withheld")
    assert [len(one) for one in shown] == [2] * (len(shown) - 1) + [3]
    assert shown[0][1].startswith("2.0–")
    assert shown[-2][1].endswith("35.0%")
    assert by_code[codes[0]] == len(shown) - 1
    assert by_code[codes[1]] == by_code["D"] == -1
    assert by_code[codes[2]] == 0
    assert by_code[codes[-1]] == len(shown) - 2


def test_a_page_without_figures_or_areas_can_be_drawn(jigsaw: Jigsaw, heading: Heading) -> None:
    frame = jigsaw()
    nothing = views.Figure("load", "x", {}, {})
    assert filled(views.load(frame, [nothing], heading=heading))[0] == []
    assert "<html" in render(views.load(frame.iloc[:0], [nothing], heading=heading), "zh-CN")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_texts_stand_in_the_json_blocks_only(jigsaw: Jigsaw, heading: Heading, language: str) -> None:
    frame = jigsaw()
    poisoned = views.Figure("load", PAYLOAD, {"M000000": 1.0}, {"M000000": PAYLOAD})
    view = views.load(frame, [poisoned], heading=heading, note=PAYLOAD)
    html = render(view, language)
    assert "<script>window.pwned" not in html
    assert view.extra("en")["note"] == PAYLOAD
    block = html.split('id="data-block"', 1)[1].split(">", 1)[1].split("</script>", 1)[0]
    assert PAYLOAD in str(unpack(block)["areas"]["told"])
