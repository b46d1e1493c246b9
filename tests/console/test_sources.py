"""The console's sources: both languages say the same things, components hold no words of their own, files are small, little is sent."""

import gzip
import json
import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from geo_service.cases.workflow.payloads import PAYLOADS
from geo_service.cases.workflow.table import TABLE
from geo_service.cases.workflow.words import AFFAIRS, DELIBERATIONS, ENTRIES, NOT_ACCEPTED, RESULTS, RETURNS

FIRST_VIEW = 280 * 1024
LARGEST_FILE = 400
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SHOWN_TEXT = re.compile(r">\s*([^<>{}]*[A-Za-z]{2,}[^<>{}]*?)\s*<")
SAID_TEXT = re.compile(r'\s(?:aria-label|title|placeholder|alt)="([^"]*[A-Za-z]{2,}[^"]*)"')
KEY = re.compile(r"""\bt(?:Or)?\(\s*["'`]([\w.+-]+)["'`]""")
FILLED_BY_RULES = {("dispatch", "owner"), ("rule", "owner")}
"""Needed by the workflow, found by the rules where the operator leaves it out."""
CHOICES = {
    "affair": AFFAIRS,
    "not_accepted": NOT_ACCEPTED,
    "return": RETURNS,
    "entry": ENTRIES,
    "result": RESULTS,
    "deliberation": DELIBERATIONS,
}


@pytest.fixture(scope="session")
def console(repo_root: Path) -> Path:
    return repo_root / "map_ui/console/src"


@pytest.fixture(scope="session")
def texts(console: Path) -> dict[str, dict[str, str]]:
    return {path.stem: json.loads(path.read_text()) for path in sorted((console / "i18n").glob("*.json"))}


def words_in(source: str) -> list[str]:
    """Words for people that stand in a source itself instead of in the files of texts."""
    code = re.sub(r"/\*.*?\*/|<!--.*?-->|(?<![:\"'])//[^\n]*", "", source, flags=re.DOTALL)
    template = re.search(r"<template>(.*)</template>", code, re.DOTALL)
    shown = template[1] if template else ""
    plain = re.sub(r"<(?:kbd|svg|code)\b.*?</(?:kbd|svg|code)>", "", shown, flags=re.DOTALL)
    plain = re.sub(r'(?<=[\s<])[:@#v][\w:.#-]*="[^"]*"', "", plain)
    return [*CHINESE.findall(code), *SHOWN_TEXT.findall(plain), *SAID_TEXT.findall(plain)]


def test_both_languages_have_the_same_texts(texts: dict[str, dict[str, str]]) -> None:
    assert set(texts) == {"zh-CN", "en"}
    assert texts["en"].keys() == texts["zh-CN"].keys()
    assert [key for said in texts.values() for key, text in said.items() if not text.strip()] == []
    named = {key: {frozenset(re.findall(r"\{\w+\}", said[key])) for said in texts.values()} for key in texts["en"]}
    assert [key for key, names in named.items() if len(names) > 1] == []
    assert [key for key, text in texts["en"].items() if CHINESE.search(text) and key != "app.other_language"] == []


def test_every_text_that_is_asked_for_exists(console: Path, texts: dict[str, dict[str, str]]) -> None:
    asked = {key for path in console.rglob("*") if path.suffix in (".ts", ".vue") for key in KEY.findall(path.read_text())}
    assert len(asked) > 60
    assert sorted(key for key in asked if key not in texts["en"] and not key.endswith(".")) == []


def test_components_hold_no_words(console: Path) -> None:
    sources = [path for path in console.rglob("*") if path.suffix in (".ts", ".vue") and ".test." not in path.name]
    found = {str(path.relative_to(console)): words_in(path.read_text()) for path in sources if path.name != "look.ts"}
    assert {path: words for path, words in found.items() if words} == {}


def test_this_rule_can_fail() -> None:
    assert words_in("<template><b>Save</b></template>") == ["Save"]
    assert words_in('<template><a title="Close it">×</a></template>') == ["Close it"]
    assert words_in('const label = "保存"') == ["保", "存"]
    assert words_in('<template><b :title="t(\'a.b\')">{{ t("a.b") }}</b><kbd>Ctrl</kbd></template> // 注释') == []


def test_no_file_is_large(console: Path) -> None:
    sources = {path: len(path.read_text().splitlines()) for path in console.rglob("*") if path.suffix in (".ts", ".vue", ".css")}
    sources = {path: lines for path, lines in sources.items() if path.name != "schema.d.ts"}
    assert [str(path) for path, lines in sources.items() if lines > LARGEST_FILE] == []


def test_forms_ask_what_the_workflow_reads(console: Path, texts: dict[str, dict[str, str]]) -> None:
    table = json.loads((console / "case/actions.json").read_text())
    assert set(table["forms"]) == set(PAYLOADS) == set(table["order"]) == {row.event for row in TABLE}
    for event, payload in PAYLOADS.items():
        known = {one.name: one.default is MISSING for one in fields(payload)}
        asked = {name: needed for name, _, needed in table["forms"][event]}
        assert asked.keys() <= known.keys(), event
        needed = {name for name, must in known.items() if must and (event, name) not in FILLED_BY_RULES}
        assert needed == {name for name, must in asked.items() if must}, event
        assert all(f"field.{name}" in texts["en"] for name in asked), event
    assert {name: set(words) for name, words in CHOICES.items()} == {name: set(words) for name, words in table["choices"].items()}
    said = [f"choice.{word}" for words in table["choices"].values() for word in words]
    said += [f"action.{event}" for event in PAYLOADS] + [f"event.{row.recorded}" for row in TABLE]
    assert [key for key in said if key not in texts["en"]] == []


def test_the_first_view_is_small(repo_root: Path) -> None:
    built = repo_root / "map_ui/console_dist"
    page = (built / "index.html").read_text()
    first = re.findall(r'(?:src|href)="/ui/(assets/[^"]+)"', page)
    assert [name for name in first if name.endswith(".js")]
    assert sum(len(gzip.compress((built / name).read_bytes(), 9)) for name in first) <= FIRST_VIEW
    assert all((built / f"{name}{suffix}").is_file() for name in first for suffix in (".gz", ".br"))


def test_the_lock_file_names_no_registry(repo_root: Path) -> None:
    lock = json.loads((repo_root / "map_ui/console/package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
