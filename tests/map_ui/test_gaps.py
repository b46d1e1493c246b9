"""The view of what the matrix leaves open: every grid in its class, told in words, escaped; nothing to show is said too."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pytest

from map_ui import Heading, render, views
from map_ui.packing.payload import unpack
from tests.map_ui.test_escaping import PAYLOADS, Parts


def grids(jigsaw: Callable[..., gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    frame = jigsaw()
    return frame[frame["level"] != "micro_grid"].reset_index(drop=True)


def test_each_grid_is_in_the_class_of_what_is_wrong_in_it(jigsaw: Callable[..., gpd.GeoDataFrame], heading: Heading) -> None:
    frame = grids(jigsaw)
    a, b, c, d = sorted(frame.loc[frame["level"] == "grid", "code"])
    view = views.gaps(frame, missing={a: "x", c: "x"}, doubled={b: "y", c: "y"}, heading=heading, note={"en": "3 gaps", "zh-CN": "3 处"})
    html = render(view, "en")
    page, areas = page_and_areas(html)
    (fill,) = page["fills"]
    assert [entry[1] for entry in fill["classes"]] == [
        "one lead for everything",
        "categories nobody leads for",
        "categories claimed twice",
        "gaps and double claims",
    ]
    assert (page["told"], page["note"]) == (["categories nobody leads for", "categories claimed twice"], "3 gaps")
    assert "无人负责的类别" in render(view, "zh-CN")
    found = dict(zip(areas["code"], np.cumsum(areas["fills"]["gaps"]).tolist(), strict=True))
    assert [found[code] for code in (a, b, c, d, "D")] == [1, 2, 3, 0, -1]


def test_no_gaps_is_a_page_too(jigsaw: Callable[..., gpd.GeoDataFrame], heading: Heading) -> None:
    page, _ = page_and_areas(render(views.gaps(grids(jigsaw), missing={}, doubled={}, heading=heading, note="no gaps"), "en"))
    assert page["note"] == "no gaps"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_whatever_a_category_is_called_it_stays_text(jigsaw: Callable[..., gpd.GeoDataFrame], heading: Heading, language: str) -> None:
    frame = grids(jigsaw)
    text = " ".join(PAYLOADS)
    code = str(frame["code"].iloc[-1])
    parts = Parts(render(views.gaps(frame, missing={code: text}, doubled={code: text}, heading=heading, note=text), language))
    assert not [piece for piece in parts.rest if "pwned" in piece]


def page_and_areas(html: str) -> tuple[dict[str, Any], dict[str, Any]]:
    blocks = Parts(html).blocks
    return json.loads(blocks["page-block"]), unpack(blocks["data-block"])["areas"]
