"""Masks: what is personal loses its middle, everything else stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.masking import mask_name, mask_phone, mask_text, mask_value


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请拨打13812348000联系", "请拨打138****8000联系"),
        ("+86 138-1234-8000", "138****8000"),
        ("008613812348000", "138****8000"),
        ("１３８１２３４８０００", "１３８****８０００"),
        ("138 1234 8000。", "138****8000。"),
        ("010-62345678", "010****5678"),
        ("0379-6234567转8", "037****4567转8"),
        ("身份证41010119900307123X", "身份证410***********3X"),
        ("41010119900307123x、13912345678", "410***********3x、139****5678"),
    ],
)
def test_personal_numbers_lose_their_middle(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "20261124-000123",  # a tracking number
        "99010100101000107",  # a micro-grid's code
        "990101001010001",  # a grid's
        "113.613812348000",  # a coordinate
        "91410100MA40EXAMPLE",
        "光明路138号1单元1201室",
        "2026-11-24T10:30:00",
        "gb47678:matter:06010",
        "12345热线",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert mask_text(text) == text


def test_names_and_phones() -> None:
    assert [mask_name(name) for name in ("王小明", "王", "欧阳修", "")] == ["王**", "王*", "欧**", ""]
    assert [mask_phone(phone) for phone in ("13812348000", "+86 138 1234 8000", "8001", "12")] == [
        "138****8000",
        "861****8000",
        "****01",
        "****",
    ]


def test_every_text_in_a_value_is_masked() -> None:
    value = {"a": ["13812348000", {"b": "call 13812348000"}], "n": 13812348000, "none": None}
    assert mask_value(value) == {"a": ["138****8000", {"b": "call 138****8000"}], "n": 13812348000, "none": None}


@given(st.text(max_size=30), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(alphabet="，。 :abc王", max_size=5))
def test_a_mobile_number_never_survives(before: str, phone: str, after: str) -> None:
    before = before.rstrip("0123456789.０１２３４５６７８９") + " "
    assert phone not in mask_text(f"{before}{phone}{after}")
