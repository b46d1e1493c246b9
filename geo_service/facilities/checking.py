"""Whether a record of a place can be: everything that is wrong with it at once, field by field. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from geo_service.errors import CellError, RequestError
from geo_service.facilities.hours import parse_hours
from geo_service.facilities.model import FIVE_STARS, Attribute, Kind, Place, kinds

_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{1,17}[0-9]")
_LONGEST = {"name": 120, "address": 200}
LONGEST_TEXT = 100
LARGEST_COUNT = 10_000_000


def wrong_with(place: Place) -> list[CellError]:
    """What cannot be of a place, each with its field; [] where all can. Positions are not looked at."""
    kind = kinds().get(place.kind)
    if kind is None:
        return [
            _wrong(
                "kind", "unknown_kind", f"kind is one of {', '.join(kinds())}", f"类型应为：{'、'.join(one.zh for one in kinds().values())}"
            )
        ]
    return [*_texts(place), *_levels(place, kind), *_attributes(place, kind)]


def _texts(place: Place) -> Iterator[CellError]:
    if not place.name.strip():
        yield _wrong("name", "name_missing", "a place needs a name", "名称不能为空")
    for field, longest in _LONGEST.items():
        text = getattr(place, field)
        if len(text) > longest:
            yield _wrong(field, "too_long", f"more than {longest} characters", f"超过 {longest} 个字符")
        if not _printable(text):
            yield _wrong(field, "control_character", "this contains a control character", "含有控制字符")
    if place.phone and not _PHONE.fullmatch(place.phone):
        yield _wrong("phone", "bad_phone", "this is no telephone number", "电话号码格式有误")
    if any(not service.strip() or not _printable(service) or len(service) > LONGEST_TEXT for service in place.services):
        yield _wrong("services", "bad_service", "services are short lines of text", "服务内容应为简短文本")
    if place.opening_hours.strip():
        try:
            parse_hours(place.opening_hours)
        except RequestError as error:
            yield _wrong("opening_hours", error.code, error.text("en"), error.text("zh"))


def _levels(place: Place, kind: Kind) -> Iterator[CellError]:
    if place.level not in kind.levels:
        levels = ", ".join(kind.levels)
        yield _wrong("level", "level_not_for_kind", f"a {kind.en} stands at level {levels}", f"{kind.zh}的层级应为：{levels}")
    if place.demonstration and place.kind != "station":
        yield _wrong("demonstration", "not_a_station", "only a station is a demonstration station", "只有服务站可以是示范站")


def _attributes(place: Place, kind: Kind) -> Iterator[CellError]:
    for key, value in place.attributes.items():
        field = f"attributes.{key[:40]}"
        known = kind.attributes.get(key)
        if known is None:
            yield _wrong(field, "unknown_attribute", f"a {kind.en} has no such attribute", f"{kind.zh}没有该属性")
        elif value is not None and (said := _of_type(known, value)):
            yield _wrong(field, *said)
    for known in kind.attributes.values():
        if known.needed and not place.attributes.get(known.key):
            yield _wrong(f"attributes.{known.key}", "attribute_missing", f"missing: {known.en}", f"缺少：{known.zh}")


def _of_type(known: Attribute, value: Any) -> tuple[str, str, str] | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if known.type == "flag" and not isinstance(value, bool):
        return "not_a_flag", "yes or no", "应为是或否"
    if known.type == "count" and not (whole and 0 <= value <= LARGEST_COUNT):
        return "not_a_count", "a whole number from 0 on", "应为非负整数"
    if known.type == "stars" and not (whole and 0 <= value <= FIVE_STARS):
        return "not_stars", "0 to 5 stars", "星级应为 0 至 5"
    if known.type in ("text", "body"):
        if not isinstance(value, str) or len(value) > LONGEST_TEXT or not _printable(value):
            return "not_a_line", f"a line of at most {LONGEST_TEXT} characters", f"应为不超过 {LONGEST_TEXT} 字的一行文本"
        if known.key.endswith("_code") and len(value) > 32:
            return "too_long", "more than 32 characters", "超过 32 个字符"
    return None


def _printable(text: str) -> bool:
    return not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text)


def _wrong(field: str, code: str, en: str, zh: str) -> CellError:
    return CellError(code, en="{said_en}", zh="{said_zh}", said_en=en, said_zh=zh, field=field)
