"""Both languages say the same things, and the scripts ask for nothing neither of them knows."""

from __future__ import annotations

import re
from importlib import resources

from map_ui.frames import CHANGE_KINDS, FACILITY_KINDS, GROUND, LIGHTS, STATES
from map_ui.style import BESIDE, LADDER
from map_ui.texts import EN, ZH, text
from map_ui.words import say


def test_both_languages_have_the_same_keys_and_none_is_empty() -> None:
    assert list(ZH) == list(EN)
    assert all(ZH.values())
    assert all(EN.values())


def test_both_languages_fill_in_the_same_values() -> None:
    assert {key: set(re.findall(r"{\w+}", words)) for key, words in ZH.items()} == {
        key: set(re.findall(r"{\w+}", words)) for key, words in EN.items()
    }


def test_english_is_english_and_chinese_is_chinese() -> None:
    assert not [key for key, words in EN.items() if re.search(r"[\u4e00-\u9fff]", words)]
    assert not [key for key, words in ZH.items() if not re.search(r"[\u4e00-\u9fff]", words)]


def test_every_key_the_scripts_and_the_shell_ask_for_exists(repo_scripts: dict[str, str]) -> None:
    shell = (resources.files("map_ui") / "static" / "page.html").read_text(encoding="utf-8")
    asked = {key for source in (*repo_scripts.values(), shell) for key in re.findall(r"say\(['\"]([\w.]+)['\"][,)]", source)}
    assert len(asked) > 20
    assert asked <= set(EN)


def test_every_value_the_frames_allow_has_a_name() -> None:
    wanted = [f"state.{v}" for v in STATES] + [f"light.{v}" for v in LIGHTS] + [f"kind.{v}" for v in FACILITY_KINDS]
    wanted += [f"change.{v}" for v in CHANGE_KINDS]
    wanted += [f"level.{v}" for v in (*LADDER, *BESIDE)] + [f"ground.{v}" for v in GROUND]
    assert not [key for key in wanted if key not in EN]


def test_unknown_names_are_shown_as_they_are() -> None:
    assert text("level.wilaya", "zh-CN") == "wilaya"
    assert say({"en": "Sampleton"}, "zh-CN") == "Sampleton"
    assert say({}, "en") == ""
