"""Nothing a resident or clerk wrote can act in a page: it stands in JSON blocks only, and comes out as it went in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser

import geopandas as gpd
import pandas as pd
import pytest

from map_ui import Heading, MapView, render, views
from map_ui.packing.payload import to_json, unpack

PAYLOADS = [
    "</script><script>window.pwned=1</script>",
    "</script onx=pwned ",
    "<!--<script>window.pwned=1",
    "${window.pwned=1}",
    "`+(window.pwned=1)+`",
    "{{ 7*'pwned' }}{% for x in range(9) %}pwned{% endfor %}{# pwned #}",
    "\"'><img src=x onerror=window.pwned=1>",
    "pwned\u2028\u2029\u0000\u001f\\u003c\\",
    "\u202epwned evol\u202c",
    "]]>&lt;pwned&amp;",
    "javascript:window.pwned=1",
]
MARK = "pwned"


class Parts(HTMLParser):
    """Text of each script block by id, and everything else a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: dict[str, str] = {}
        self.rest: list[str] = []
        self._block: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._block = given.get("id") if tag == "script" and given.get("type") == "application/json" else None
        self.rest.append(f"{tag} {given}")

    def handle_endtag(self, tag: str) -> None:
        self._block = None

    def handle_data(self, data: str) -> None:
        if self._block:
            self.blocks[self._block] = self.blocks.get(self._block, "") + data
        else:
            self.rest.append(data)

    def handle_comment(self, data: str) -> None:
        self.rest.append(data)


@pytest.fixture
def poisoned(
    jigsaw: Callable[..., gpd.GeoDataFrame],
    some_cases: Callable[..., pd.DataFrame],
    some_facilities: pd.DataFrame,
    two_generations: Callable[..., tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]],
    ground: dict[str, gpd.GeoDataFrame],
) -> Callable[[str, str], MapView]:
    """A view with the payload in every text a caller can hand over."""

    def make(name: str, payload: str) -> MapView:
        heading = Heading(city=payload, as_of=date(2026, 11, 24), generation=1, source={"zh-CN": payload, "en": payload})
        areas = jigsaw()
        for column in ("kind", "name", "worker", "post", "code"):
            areas.loc[5, column] = payload + column
        areas.loc[areas["level"] == "grid", "level"] = payload
        ground["roads"].loc[0, ["class", "name"]] = payload
        ground["landuse"].loc[0, "kind"] = payload
        shared = {"heading": heading, "ground": ground, "level_names": {"district": payload}}
        if name == "areas":
            return views.areas(areas, **shared)
        if name == "compare":
            before, after, changes = two_generations()
            text = ["name", "worker", "post", "kind"]
            before.loc[9, text] = after.loc[9, text] = payload
            changes.loc[7, ["name", "from_code", "to_code", "from_parent", "to_parent"]] = payload
            for frame in (before, after, changes):
                frame.loc[frame["level"] == "grid", "level"] = payload
            del shared["heading"]
            return views.compare(before, after, changes, heading_before=heading, heading_after=heading, **shared)
        if name == "cases":
            cases = some_cases()
            cases.loc[3, ["tracking_number", "category", "title", "description", "received_at", "area_name", "worker"]] = payload
            return views.cases(cases, areas=areas, **shared)
        some_facilities.loc[1, ["facility_id", "level", "name", "address", "phone", "opening_hours"]] = payload
        some_facilities.at[1, "services"] = [payload]
        return views.facilities(some_facilities, areas=areas, **shared)

    return make


@pytest.mark.parametrize("name", ["areas", "cases", "facilities", "compare"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_stands_in_the_json_blocks_only(poisoned: Callable[[str, str], MapView], name: str, payload: str) -> None:
    view = poisoned(name, payload)
    html = render(view, "en")
    parts = Parts(html)
    assert MARK not in "\n".join(parts.rest)
    assert set(parts.blocks) == {"page-block", "data-block"}
    page, data = json.loads(parts.blocks["page-block"]), unpack(parts.blocks["data-block"])
    assert (page["heading"]["city"], page["heading"]["source"]) == (payload, payload)
    if name == "compare":
        assert payload in data["changes"]["name"]["list"]
        assert payload in data["changes"]["from_parent"].get("values", data["changes"]["from_parent"].get("list"))
        assert page["before"]["city"] == payload
    else:
        assert data["areas"]["name"]["list"][5] == payload + "name"
    assert data == json.loads(json.dumps(view.data))


@pytest.mark.parametrize("name", ["cases", "compare"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_page_with_a_payload_has_the_tags_of_a_page_without(poisoned: Callable[[str, str], MapView], name: str, payload: str) -> None:
    harmless, html = render(poisoned(name, "words"), "zh-CN"), render(poisoned(name, payload), "zh-CN")
    assert Parts(html).rest == Parts(harmless).rest
    assert html.count("<") == harmless.count("<")  # browsers end a script at less than Python's parser needs


@pytest.mark.parametrize("payload", PAYLOADS)
def test_json_holds_no_character_that_could_end_a_script_or_a_line(payload: str) -> None:
    block = to_json({payload: [payload]})
    assert not set("<>&\u2028\u2029") & set(block)
    assert json.loads(block) == {payload: [payload]}


def test_our_scripts_write_no_html(repo_scripts: dict[str, str]) -> None:
    for name, script in repo_scripts.items():
        for way in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "bindPopup",
            "bindTooltip",
            "srcdoc",
        ):
            assert way not in script, (name, way)
