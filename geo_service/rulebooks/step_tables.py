"""The escalation ladder, and the rules by which a matter goes to consultation, as people edit them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from geo_service.cases.clocks import CLOCK_TYPES
from geo_service.cases.consultation.entry import Facts
from geo_service.catalogue.records import Cells, cell_error, filled, number, one_of
from geo_service.catalogue.sheets import Cell, RowError
from geo_service.errors import SetupError
from geo_service.rulebooks.in_force import ladder_from
from geo_service.rulebooks.kinds import Kind, Known, Numbered, Row, plain_number, short

LADDER_COLUMNS = ("code", "mark", "plus_amount", "plus_clock", "tells", "then")
ENTRY_COLUMNS = ("code", "measure", "least", "from_tier", "en", "zh")
MARKS = {"warn": "at the warning", "due": "at the deadline"}
MEASURES = tuple(one.name for one in fields(Facts) if one.name != "tier")


def _rung(cells: Cells, known: Known) -> Row:
    """plus_amount, plus_clock: how long behind the mark, empty for at once. then: the code of the next rung, empty on the last."""
    filled(cells, "code")
    short(cells, "code", longest=40)
    one_of(cells, "mark", MARKS)
    if cells["tells"] not in known.tells:
        raise cell_error(
            "tells", "unknown_role", "one of " + ", ".join(known.tells) + " is needed", "应为 " + ", ".join(known.tells) + " 之一"
        )
    plus = None
    if cells["plus_amount"] or cells["plus_clock"]:
        plus = number(cells, "plus_amount", largest=10_000)
        one_of(cells, "plus_clock", CLOCK_TYPES)
    return {
        "code": cells["code"],
        "mark": cells["mark"],
        "plus_amount": plus,
        "plus_clock": cells["plus_clock"] or None,
        "tells": cells["tells"],
        "then": cells["then"] or None,
    }


def _climbable(rows: Numbered, known: Known) -> Iterator[RowError]:
    """From the first rung every other one is reached once, and none leads back."""
    if not rows:
        yield RowError(0, "", "no_rungs", "no rung is left", "没有任何升级步骤", sheet="ladder")
        return
    try:
        ladder_from([row for _, row in rows], {})
    except SetupError as wrong:
        named = wrong.params.get("rung", "")
        at = next((n for n, row in rows if named in (row["then"], row["code"])), rows[0][0])
        yield RowError(at, "then", wrong.code, wrong.text("en"), wrong.text("zh"), sheet="ladder", value=str(named)[:80])


def _rung_cells(row: Row) -> list[Cell]:
    plain = {**row, "plus_amount": plain_number(row["plus_amount"])}
    return [plain[name] if plain[name] is not None else "" for name in LADDER_COLUMNS]


def _entry(cells: Cells, known: Known) -> Row:
    """Enter when the fact named by `measure` reaches `least`. from_tier: the tier the case has reached so far, 0 for none."""
    one_of(cells, "code", known.entries)
    one_of(cells, "measure", MEASURES)
    one_of(cells, "from_tier", ("0", "1", "2"))
    for column in ("en", "zh"):
        filled(cells, column)
        short(cells, column, longest=200)
    least = number(cells, "least", largest=10_000)
    return {**cells, "least": least, "from_tier": int(cells["from_tier"])}


def _entry_cells(row: Row) -> list[Cell]:
    return [plain_number(row[name]) if name == "least" else row[name] for name in ENTRY_COLUMNS]


LADDER_KIND = Kind("ladder", "ladder", "升级路径", "escalation ladder", LADDER_COLUMNS, ("code",), _rung, _rung_cells, _climbable)
ENTRIES_KIND = Kind(
    "entries", "entries", "会商进入规则", "consultation entry rules", ENTRY_COLUMNS, ("code", "measure", "from_tier"), _entry, _entry_cells
)
