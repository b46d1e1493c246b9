"""A finished page: self-contained, the same every time, in one language, small, and honest when there is nothing to show."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from folium.plugins import Fullscreen

from map_ui import AssetMissingError, FrameError, Heading, MapView, RemoteAddressError, assets, render, views
from map_ui.policy import content_security_policy, refuse_remote
from map_ui.texts import EN, ZH
from map_ui.views import page as page_module

Make = Callable[[str], MapView]


@pytest.fixture
def make(
    jigsaw: Callable[..., gpd.GeoDataFrame],
    some_cases: Callable[..., pd.DataFrame],
    some_facilities: pd.DataFrame,
    two_generations: Callable[..., tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]],
    ground: dict[str, gpd.GeoDataFrame],
    heading: Heading,
) -> Make:
    def view(name: str) -> MapView:
        if name == "areas":
            return views.areas(jigsaw(), heading=heading, ground=ground)
        if name == "cases":
            return views.cases(some_cases(), heading=heading, areas=jigsaw(), ground=ground)
        if name == "compare":
            return views.compare(*two_generations(), heading_before=heading, heading_after=heading, ground=ground)
        return views.facilities(some_facilities, heading=heading, areas=jigsaw(), ground=ground)

    return view


class Visible(HTMLParser):
    """What a reader sees or hears: texts and labels outside scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.lang = ""
        self._hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in ("script", "style")
        given = dict(attrs)
        self.lang = given.get("lang") or self.lang
        self.words += [given[name] or "" for name in ("aria-label", "title", "placeholder", "alt") if name in given]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data.strip())


VIEWS = ["areas", "cases", "facilities", "compare"]


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_page_asks_no_other_computer_for_anything(make: Make, name: str, language: str) -> None:
    html = render(make(name), language)
    refuse_remote(html)
    assert set(re.findall(r"https?://[^\s\"'`<>)]*", html)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(?:link|iframe|object|embed|base|form)\b", html)


@pytest.mark.parametrize("name", VIEWS)
def test_the_same_frames_give_the_same_bytes(make: Make, name: str) -> None:
    assert render(make(name), "en") == render(make(name), "en")


def test_a_view_is_rendered_again_in_the_other_language(make: Make) -> None:
    view = make("cases")
    first = render(view, "zh-CN")
    assert render(view, "en") != first
    assert render(view, "zh-CN") == first


@pytest.mark.parametrize("name", VIEWS)
def test_a_chinese_page_has_no_english_and_an_english_page_no_chinese(make: Make, name: str) -> None:
    chinese, english = Visible(render(make(name), "zh-CN")), Visible(render(make(name), "en"))
    assert (chinese.lang, english.lang) == ("zh-CN", "en")
    assert re.findall(r"[A-Za-z]{2,}", " ".join(chinese.words)) == ["JavaScript"]
    assert not re.search(r"[\u4e00-\u9fff]", " ".join(english.words))
    assert ZH[f"view.{name}"] in chinese.words
    assert EN[f"view.{name}"] in english.words


def test_another_language_is_refused(make: Make) -> None:
    with pytest.raises(FrameError, match="known: zh-CN, en"):
        render(make("cases"), "fr")


def test_a_missing_file_raises(make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assets, "_leaflet", lambda: tmp_path)
    with pytest.raises(AssetMissingError, match="leaflet"):
        render(make("areas"))


def test_a_new_link_of_folium_raises(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    build = page_module.build_map

    def with_plugin(view: MapView) -> object:
        return build(view).add_child(Fullscreen())

    monkeypatch.setattr(page_module, "build_map", with_plugin)
    with pytest.raises(AssetMissingError, match="Control\\.Fullscreen\\.js"):
        render(make("areas"))


@pytest.mark.parametrize(
    "part",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        "<img src=picture.png>",
        "<style>@import 'x.css';</style>",
        "<style>a{background:url(https://cdn.example/x.png)}</style>",
        "<p style='background:url(x.png)'></p>",
        "<script>var a = 'https://tiles.example/{z}';</script>",
        "<script>fetch (address)</script>",
        "<script>new WebSocket(a)</script>",
    ],
)
def test_a_remote_address_is_refused(part: str) -> None:
    with pytest.raises(RemoteAddressError):
        refuse_remote(f"<html><body>{part}</body></html>")


def test_addresses_in_texts_of_data_are_no_links(some_cases: Callable[..., pd.DataFrame], heading: Heading) -> None:
    frame = some_cases()
    frame.loc[0, "description"] = "see https://example.org/photo.jpg"
    assert "example.org" not in re.sub(r'"payload":"[^"]*"', "", render(views.cases(frame, heading=heading)))


@pytest.mark.parametrize("name", ["areas", "cases", "facilities"])
def test_an_empty_frame_gives_a_page_that_says_so(
    jigsaw: Callable[..., gpd.GeoDataFrame],
    some_cases: Callable[..., pd.DataFrame],
    some_facilities: pd.DataFrame,
    heading: Heading,
    name: str,
) -> None:
    view = {
        "areas": lambda: views.areas(jigsaw().iloc[:0], heading=heading),
        "cases": lambda: views.cases(some_cases().iloc[:0], heading=heading),
        "facilities": lambda: views.facilities(some_facilities.iloc[:0], heading=heading, areas=jigsaw()),
    }[name]()
    block = re.search(r'id="page-block">([^<]*)<', render(view, "en"))
    assert block is not None
    page = json.loads(block[1])
    assert (page["rows"], page["texts"]["empty"]) == (0, "There is nothing to show")
    assert (page["everything"] is None) == (name != "facilities")


def test_nine_thousand_areas_fit_in_three_megabytes(jigsaw: Callable[..., gpd.GeoDataFrame], heading: Heading) -> None:
    frame = jigsaw(columns=96, rows=96, points=10)
    assert len(frame) > 9_000 + 1_000
    assert len(render(views.areas(frame, heading=heading)).encode("utf-8")) < 3_000_000


@pytest.mark.parametrize("name", ["cases", "compare"])
def test_the_policy_names_each_script_by_its_hash(make: Make, name: str) -> None:
    html = render(make(name))
    policy = content_security_policy(html)
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts}
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert set(directives["script-src"].split()) == hashes
    assert directives["sandbox"] == "allow-scripts"
    assert directives["default-src"] == "'none'"
    assert "\r" not in html + policy
    assert "\n" not in policy


@pytest.mark.parametrize("name", ["areas", "compare"])
def test_scripts_need_no_inline_handlers_and_no_eval(make: Make, repo_scripts: dict[str, str], name: str) -> None:
    html = render(make(name))
    assert not re.search(r"<[a-z][^>]*\son[a-z]+=", re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL))
    assert all("setTimeout('" not in script for script in repo_scripts.values())
