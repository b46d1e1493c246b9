"""A line of the matrix in JSON values and back: how versions of it are stored. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from geo_service.responsibility.matrix import Rule


def rule_row(rule: Rule) -> dict[str, Any]:
    """A line of the matrix in JSON values."""
    said = asdict(rule)
    said["from_on"], said["until_on"] = (None if day is None else day.isoformat() for day in (rule.from_on, rule.until_on))
    return said


def rule_from(row: Mapping[str, Any]) -> Rule:
    """The line of those values. RequestError when it cannot be."""
    season = row.get("season")
    given = {one.name: row[one.name] for one in fields(Rule) if one.name in row}
    for name in ("from_on", "until_on"):
        if given.get(name) is not None:
            given[name] = date.fromisoformat(given[name])
    given["cohandlers"] = tuple(row.get("cohandlers", ()))
    given["season"] = None if season is None else (tuple(season[0]), tuple(season[1]))
    return Rule(**given)
