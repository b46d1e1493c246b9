"""The tables of the catalogue as people edit them: category trees, affairs, filing conditions, limits, duty lists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, fields
from typing import Any

from geo_service.catalogue.records import (
    affair_of,
    category_of,
    cell_error,
    condition_of,
    duty_of,
    limit_of,
)
from geo_service.catalogue.sheets import Cell, RowError
from geo_service.catalogue.words import parents_of
from geo_service.rulebooks.in_force import TABLES
from geo_service.rulebooks.kinds import Kind, Known, Numbered, Row, plain_number, short

Cells = dict[str, str]
EVERY_STAGE = ("dispatch", "handle")
"""Stages that must have a limit for everything: a line on '*', '*', '*'."""


def _category(cells: Cells, known: Known) -> Row:
    short(cells, "name", longest=100)
    return asdict(category_of(cells))


def _affair(cells: Cells, known: Known) -> Row:
    return asdict(affair_of(cells, known.subtrees))


def _condition(cells: Cells, known: Known) -> Row:
    for column in ("zh", "en"):
        short(cells, column, longest=200)
    return asdict(condition_of(cells, known.subtrees))


def _limit(cells: Cells, known: Known) -> Row:
    row = limit_of(cells, known.subtrees)
    if row.condition != "*" and not condition_known(known.conditions, row.category, row.condition):
        raise cell_error(
            "condition", "unknown_condition", "this filing condition is not in the table of conditions", "立案条件表中没有这一条件"
        )
    for column in ("closing", "source"):
        short(cells, column)
    return asdict(row)


def condition_known(conditions: Collection[tuple[str, str]], category: str, condition: str) -> bool:
    """Whether a filing condition is named for the category, or for a subtree it lies in."""
    return any((name, condition) in conditions for name in parents_of(category))


def _duty(cells: Cells, known: Known) -> Row:
    short(cells, "name", longest=300)
    return asdict(duty_of(cells, known.subtrees, known.levels))


def _usual_limits(rows: Numbered, known: Known) -> Iterator[RowError]:
    """Everything must have a limit: without these lines a case would get one that stands in no table."""
    given = {row["stage"] for _, row in rows if (row["category"], row["condition"], row["area_class"]) == ("*", "*", "*")}
    for stage in EVERY_STAGE:
        if stage not in given:
            yield RowError(
                0,
                "stage",
                "no_usual_limit",
                f"a line on *, *, * is needed for the stage {stage}: it holds where no finer one does",
                f"阶段 {stage} 缺少通用时限（类别、条件、区域均为 *）：没有更细规定时以它为准",
                sheet="limits",
                value=stage,
            )


def _any_category(rows: Numbered, known: Known) -> Iterator[RowError]:
    if not rows:
        yield RowError(0, "", "no_categories", "no category is left", "没有任何类别", sheet="categories")


def _writer(columns: tuple[str, ...]) -> Callable[[Row], list[Cell]]:
    def cells(row: Row) -> list[Cell]:
        return [plain_number(value) if isinstance(value := row[name], float) else value for name in columns]

    return cells


def _kind(name: str, zh: str, en: str, key: tuple[str, ...], read: Callable[[Cells, Known], Row], **more: Any) -> Kind:
    columns = tuple(one.name for one in fields(TABLES[name]))
    return Kind(name, "catalogue", zh, en, columns, key, read, _writer(columns), **more)


CATALOGUE_KINDS: tuple[Kind, ...] = (
    _kind("categories", "类别树", "category trees", ("key",), _category, whole=_any_category),
    _kind("affairs", "事项属性（四类事）", "affairs", ("category",), _affair),
    _kind("conditions", "立案条件", "filing conditions", ("category", "condition"), _condition),
    _kind("limits", "时限", "limits", ("category", "condition", "area_class", "stage"), _limit, whole=_usual_limits),
    _kind("duties", "履职清单", "duty lists", ("code",), _duty),
)
