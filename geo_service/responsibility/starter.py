"""A first matrix for a city that has none yet: typical bureaus for typical categories, from data, made out to the city's own agencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

import orjson

from geo_service.responsibility.matrix import EVERYTHING, Rule, Season

SOURCE = "starter matrix"


def starter_rules(agency_codes: Iterable[str], *, city: str, districts: Sequence[str]) -> list[Rule]:
    """Rules that name a lead for everything, everywhere.

    agency_codes: '<area code>-<bureau>' for bureaus; others are not looked at. A district's own bureau leads in the district, the
    city's elsewhere; where neither has one, whoever `otherwise` of data/starter_matrix.json names.
    """
    known = set(agency_codes)
    data = orjson.loads((files("geo_service.responsibility") / "data" / "starter_matrix.json").read_bytes())
    rules = [Rule(f"{EVERYTHING}/{EVERYTHING}", EVERYTHING, EVERYTHING, data["otherwise"], source=SOURCE)]
    for line in data["rules"]:
        for area in (city, *districts):
            lead = line.get("lead") or _agency(area, line["bureau"], known)
            if lead is None or ("lead" in line and area != city):
                continue
            named = dict.fromkeys(_named(one, area, city, known) for one in line.get("cohandlers", ()))
            helpers = tuple(one for one in named if one is not None and one != lead)
            rules.append(Rule(f"{line['category']}/{area}", line["category"], area, lead, helpers, season=_season(line), source=SOURCE))
    return rules


def _agency(area: str, bureau: str, known: set[str]) -> str | None:
    code = f"{area}-{bureau}"
    return f"agency:{code}" if code in known else None


def _named(one: str, area: str, city: str, known: set[str]) -> str | None:
    if one.startswith("post:"):
        return one
    return _agency(area, one, known) or _agency(city, one, known)


def _season(line: dict[str, Any]) -> Season | None:
    """'11-01..03-31' -> ((11, 1), (3, 31))."""
    if "season" not in line:
        return None
    first, last = ((int(day[:2]), int(day[3:])) for day in line["season"].split(".."))
    return first, last
