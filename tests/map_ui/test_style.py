"""Colours can be read, and nothing is told by colour alone."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from map_ui import style
from map_ui.frames import CHANGE_KINDS


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_texts_of_the_page_have_contrast_aa() -> None:
    css = (resources.files("map_ui") / "static" / "page.css").read_text(encoding="utf-8")
    names = dict(re.findall(r"--(\w+): (#\w{6})", css))
    for name in ("ink", "soft", "accent"):
        assert contrast(names[name], names["page"]) >= 4.5
    assert contrast("#7a3b00", names["page"]) >= 4.5
    assert contrast("#ffffff", "#b00068") >= 4.5


@pytest.mark.parametrize("level", style.LINES)
def test_labels_of_a_level_can_be_read_on_their_halo(level: str) -> None:
    assert contrast(style.LINES[level].colour, "#ffffff") >= 4.5


def test_symbols_stand_out_and_differ_in_shape() -> None:
    for symbols in (style.LIGHTS, style.FACILITIES):
        assert len({symbol.path for symbol in symbols.values()}) == len(symbols)
        for symbol in symbols.values():
            assert max(contrast(symbol.fill, "#ffffff"), contrast(symbol.stroke, "#ffffff")) >= 3


def test_levels_differ_in_more_than_colour() -> None:
    assert len({(line.width, line.dash) for line in style.LINES.values()}) == len(style.LINES)


def test_kinds_of_change_can_be_read_and_differ_in_more_than_colour() -> None:
    looks = style.CHANGES.values()
    assert all(contrast(look.colour, "#ffffff") >= 4.5 for look in looks)
    assert len({(look.hatch, look.dash) for look in looks}) == len(looks)
    assert tuple(style.CHANGES) == CHANGE_KINDS


def test_load_runs_from_light_to_dark() -> None:
    lights = [luminance(colour) for colour in style.LOAD_TINTS]
    assert lights == sorted(lights, reverse=True)


def test_a_level_without_a_style_takes_that_of_its_rank() -> None:
    assert style.line_of("wilaya", rank=0) == style.LINES["district"]
    assert style.line_of("hamlet", rank=40) == style.LINES["micro_grid"]
