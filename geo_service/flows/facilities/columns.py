"""Facilities as a table: its columns by their names in both languages, rows to cells, cells to records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from geo_service.catalogue.sheets import Cell
from geo_service.errors import CellError
from geo_service.facilities.model import Attribute, Place, kinds, tidied

PLAIN: Mapping[str, str] = {
    "facility_id": "设施编号",
    "kind": "类型",
    "level": "层级",
    "name": "名称",
    "lon": "经度",
    "lat": "纬度",
    "address": "地址",
    "phone": "电话",
    "opening_hours": "开放时间",
    "demonstration": "示范站",
    "services": "服务内容",
    "serves": "服务区域",
    "area_code": "区域编码",
}
"""Columns and their Chinese names. area_code is only compared with where the point lies."""
NEEDED = ("kind", "level", "name", "lon", "lat")
_YES, _NO = ("true", "yes", "y", "1", "是", "有"), ("false", "no", "n", "0", "否", "无")
_SEPARATORS = str.maketrans("；;|", "\n\n\n")
_LEVELS = {"区县": "district", "区": "district", "街道": "street", "乡镇": "street", "社区": "community", "小区": "compound"}


def attributes() -> dict[str, Attribute]:
    """Every attribute of every kind by its column, `attribute.key`."""
    return {f"attribute.{key}": one for kind in kinds().values() for key, one in kind.attributes.items()}


def headings(language: str) -> list[str]:
    """The names of all columns in a language."""
    if language.startswith("zh"):
        return [*PLAIN.values(), *(one.zh for one in attributes().values())]
    return [*PLAIN, *attributes()]


def zh_name(column: str) -> str:
    """What a column is called in Chinese; the column itself where it is none."""
    return PLAIN.get(column) or next((one.zh for name, one in attributes().items() if name == column), column or "*")


def column_of(heading: str) -> str:
    """The column that a heading means, in either language; the heading itself where it is none."""
    zh = {name: column for column, name in PLAIN.items()} | {one.zh: column for column, one in attributes().items()}
    return zh.get(heading.strip(), heading.strip())


def cells_of(row: Mapping[str, Any], language: str) -> list[Cell]:
    """A facility as a line of the table, kind and level as the language calls them."""
    chinese = language.startswith("zh")
    levels = {name: zh for zh, name in reversed(_LEVELS.items())} if chinese else {}
    plain = {
        **row,
        "kind": kinds()[row["kind"]].zh if chinese and row["kind"] in kinds() else row["kind"],
        "level": levels.get(row["level"], row["level"]),
        "demonstration": _flag(row["demonstration"], chinese=chinese),
        "services": "；".join(row["services"]),
        "serves": "；".join(row["serves"] or []),
    }
    kept = [row["attributes"].get(one.key) for one in attributes().values()]
    return [*(plain[name] for name in PLAIN), *(_flag(value, chinese=chinese) if isinstance(value, bool) else value for value in kept)]


def _flag(value: bool, *, chinese: bool) -> str:
    return ("是" if value else "否") if chinese else ("yes" if value else "no")


def place_from(cells: Mapping[str, str], present: Sequence[str], before: Place | None) -> Place:
    """The record of a line, its position as it stands in the file. Of `before` stays what has no column. CellError names the column."""
    kind = _kind(cells["kind"])
    place = replace(
        before or Place(kind, "", "", 0.0, 0.0),
        kind=kind,
        level=_LEVELS.get(cells["level"].strip(), cells["level"].strip()),
        name=cells["name"],
        lon=_number(cells, "lon", 180),
        lat=_number(cells, "lat", 90),
    )
    told: dict[str, Any] = {name: cells[name] for name in ("address", "phone", "opening_hours") if name in present}
    told |= {name: _list(cells[name]) for name in ("services", "serves") if name in present}
    if "demonstration" in present:
        told["demonstration"] = _yes(cells, "demonstration") or False
    kept = dict(place.attributes)
    for column, known in attributes().items():
        if column in present and (cells[column].strip() or known.key in kinds().get(kind, next(iter(kinds().values()))).attributes):
            kept[known.key] = _value(cells, column, known)
    return tidied(replace(place, **told, attributes=kept))


def _kind(text: str) -> str:
    said = text.strip()
    return next((name for name, one in kinds().items() if said in (one.zh, one.en)), said)


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.translate(_SEPARATORS).splitlines() if part.strip())


def _number(cells: Mapping[str, str], column: str, largest: float) -> float:
    try:
        value = float(cells[column])
    except ValueError:
        value = float("nan")
    if not -largest <= value <= largest:
        raise cell_error(column, "bad_degrees", f"degrees from -{largest} to {largest}", f"应为 -{largest} 至 {largest} 的度数")
    return value


def _yes(cells: Mapping[str, str], column: str) -> bool | None:
    said = cells[column].strip().lower()
    if said not in (*_YES, *_NO, ""):
        raise cell_error(column, "not_a_flag", "yes or no", "应为“是”或“否”")
    return None if not said else said in _YES


def _value(cells: Mapping[str, str], column: str, known: Attribute) -> bool | int | str | None:
    if known.type == "flag":
        return _yes(cells, column)
    text = cells[column].strip()
    if known.type in ("count", "stars") and text:
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise cell_error(column, "not_a_count", "a whole number from 0 on", "应为非负整数")
        return int(text)
    return text or None


def cell_error(column: str, code: str, en: str, zh: str) -> CellError:
    """What is wrong with a cell, as the errors of rows tell it."""
    return CellError(code, en="{said_en}", zh="{said_zh}", said_en=en, said_zh=zh, field=column)
