"""The responsibility matrix as people edit it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geo_service.catalogue.records import Cells, cell_error, filled, in_subtree
from geo_service.catalogue.sheets import Cell
from geo_service.errors import CellError, RequestError
from geo_service.responsibility import Rule
from geo_service.responsibility.rows import rule_row
from geo_service.rulebooks.calendar_table import season_of
from geo_service.rulebooks.kinds import Kind, Known, Row, day_of, short

COLUMNS = ("rule_id", "category", "area", "lead", "cohandlers", "priority", "from_on", "until_on", "season", "source")
LARGEST_PRIORITY = 1000


def _read(cells: Cells, known: Known) -> Row:
    """lead: agency:<code> or post:<role>; cohandlers: the same, divided by blanks or semicolons; season: 11-01..03-31, empty for always."""
    for column in ("rule_id", "category", "area", "lead"):
        filled(cells, column)
    short(cells, "rule_id", longest=80)
    short(cells, "source", longest=300)
    in_subtree(cells, known.subtrees)
    if cells["area"] != "*" and cells["area"] not in known.areas:
        raise cell_error(
            "area", "unknown_area", "there is no area of this code in the generation in force", "现行网格版本中没有这个区域代码"
        )
    helpers = tuple(dict.fromkeys(cells["cohandlers"].replace(";", " ").replace("；", " ").split()))
    _named(cells["lead"], "lead", known)
    for one in helpers:
        _named(one, "cohandlers", known)
    row = _row(cells, helpers)
    until_on = day_of(cells, "until_on")
    if until_on is not None and until_on < known.today and not known.stands(MATRIX_KIND, row):
        raise cell_error(
            "until_on", "expired_rule", f"the rule ended on {until_on}: it would never hold", f"规则已于 {until_on} 失效，不会适用"
        )
    return row


def _named(name: str, column: str, known: Known) -> None:
    kind, _, code = name.partition(":")
    if kind == "agency" and code:
        if code not in known.agencies:
            raise cell_error(column, "unknown_agency", f"there is no agency {code[:60]}", f"没有责任单位 {code[:60]}")
    elif kind == "post" and code:
        if code not in known.post_roles:
            raise cell_error(column, "unknown_role", f"there is no role {code[:60]}", f"没有岗位类型 {code[:60]}")
    else:
        raise cell_error(column, "bad_lead", "agency:<code> or post:<role> is needed", "应为 agency:<代码> 或 post:<岗位类型>")


def _row(cells: Cells, helpers: Sequence[str]) -> Row:
    try:
        priority = int(cells["priority"] or 0)
    except ValueError:
        priority = LARGEST_PRIORITY + 1
    if abs(priority) > LARGEST_PRIORITY:
        raise cell_error("priority", "bad_priority", "a whole number from -1000 to 1000 is needed", "应为 -1000 至 1000 的整数")
    try:
        season = season_of(cells["season"] or "*")
    except CellError as wrong:
        raise cell_error("season", *wrong.found[1:]) from None
    try:
        rule = Rule(
            rule_id=cells["rule_id"],
            category=cells["category"],
            area=cells["area"],
            lead=cells["lead"],
            cohandlers=tuple(helpers),
            priority=priority,
            from_on=day_of(cells, "from_on"),
            until_on=day_of(cells, "until_on"),
            season=season,
            source=cells["source"],
        )
    except RequestError as wrong:
        raise cell_error(str(wrong.params.get("field", "")), wrong.code, wrong.text("en"), wrong.text("zh")) from None
    return _plain(rule_row(rule))


def _plain(row: Row) -> Row:
    """With lists for tuples, as JSON gives them back."""
    season = row["season"]
    return {**row, "cohandlers": list(row["cohandlers"]), "season": None if season is None else [list(day) for day in season]}


def _write(row: Row) -> list[Cell]:
    season: Any = row.get("season")
    days = "" if season is None else f"{season[0][0]:02}-{season[0][1]:02}..{season[1][0]:02}-{season[1][1]:02}"
    plain = {**row, "cohandlers": " ".join(row.get("cohandlers", ())), "season": days}
    return [plain.get(name) if plain.get(name) is not None else "" for name in COLUMNS]


MATRIX_KIND = Kind("matrix", "matrix", "责任矩阵", "responsibility matrix", COLUMNS, ("rule_id",), _read, _write)
