"""What an import would change: lines added, changed and removed, by what makes a line one of its kind."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo_service.catalogue.records import subtrees_of
from geo_service.catalogue.sheets import RowError, shortened
from geo_service.catalogue.words import parents_of
from geo_service.rulebooks.catalogue_tables import condition_known
from geo_service.rulebooks.kinds import Kind, Row


@dataclass(frozen=True, slots=True)
class Difference:
    """How two versions of a table differ. changed: (before, after) pairs."""

    kind: Kind
    added: tuple[Row, ...]
    changed: tuple[tuple[Row, Row], ...]
    removed: tuple[Row, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    @property
    def touched(self) -> Iterator[Row]:
        """Every line that is not what it was, before and after."""
        yield from self.added
        yield from self.removed
        for before, after in self.changed:
            yield from (before, after)

    def counts(self) -> dict[str, int]:
        """How many lines were added, changed, removed."""
        return {"added": len(self.added), "changed": len(self.changed), "removed": len(self.removed)}


def difference(kind: Kind, before: Sequence[Row], after: Sequence[Row]) -> Difference:
    """How a table changes; the order of its lines does not count."""
    old, new = ({kind.key_of(row): row for row in rows} for rows in (before, after))
    return Difference(
        kind,
        tuple(row for key, row in new.items() if key not in old),
        tuple((old[key], row) for key, row in new.items() if key in old and old[key] != row),
        tuple(row for key, row in old.items() if key not in new),
    )


def left_hanging(tables: Mapping[str, Sequence[Row]], replaced: Collection[str]) -> list[RowError]:
    """What the tables that are not in the file still name, though the file takes it away. replaced: the tables the file holds."""
    errors: dict[tuple[str, str], RowError] = {}

    def hangs(sheet: str, column: str, value: str, user: str) -> None:
        en, zh = f"the {user} still name this", f"{user} 表中仍引用它"
        errors.setdefault((sheet, value), RowError(0, column, "still_used", en, zh, sheet=sheet, value=shortened(value)))

    users = [name for name in ("affairs", "conditions", "limits", "duties", "matrix") if name not in replaced]
    if "categories" in replaced:
        subtrees = subtrees_of([row["key"] for row in tables["categories"]])
        for name in users:
            for row in tables.get(name, ()):
                if row["category"] and row["category"] not in subtrees:
                    hangs("categories", "key", row["category"], name)
    if "conditions" in replaced and "limits" in users:
        conditions = {(row["category"], row["condition"]) for row in tables["conditions"]}
        for row in tables["limits"]:
            if row["condition"] != "*" and not condition_known(conditions, row["category"], row["condition"]):
                hangs("conditions", "condition", row["condition"], "limits")
    return list(errors.values())


def affected(changes: Sequence[Difference], groups: Sequence[tuple[str | None, Sequence[str], int]]) -> int:
    """How many cases the changed lines are about. groups: (category, codes of the areas finest first, how many cases)."""
    about: set[tuple[str, str]] = set()
    for one in changes:
        for row in one.touched:
            about.add((str(row.get("category") or row.get("key") or "*"), str(row.get("area") or "*")))
    total = 0
    for category, areas, count in groups:
        path = ("*",) if category is None else parents_of(category)
        if any((name, area) in about for name in path for area in (*areas, "*")):
            total += count
    return total


def first_day_changed(change: Difference) -> date | None:
    """The first day whose hours may differ, None where only names and sources do; a year or hours count from their beginning."""
    days: list[date] = []
    pairs: list[tuple[Any, Any]] = [(None, row) for row in (*change.added, *change.removed)] + list(change.changed)
    for before, after in pairs:
        if before is not None and after["kind"] in ("off", "work", "year") and before["kind"] == after["kind"]:
            continue
        day = after["day"]
        days.append(date(int(day), 1, 1) if after["kind"] == "year" else date.min if after["kind"] == "hours" else date.fromisoformat(day))
    return min(days, default=None)
