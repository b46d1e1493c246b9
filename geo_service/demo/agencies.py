"""The model city's agencies: bureaus of the city and its districts, street offices, committees, property firms."""

from __future__ import annotations

from typing import Any

from geo_service.demo.frames import CityFrames, read_data, text_or_none

FIRM = "compound"
"""The level of a property firm: it serves compounds, wherever they are."""


def agency_rows(city: CityFrames) -> list[dict[str, Any]]:
    """Rows of the table `agency`, agency_id from 1: first the city's, then the districts', then per area, then the firms.

    code: the area's own for its office or committee, `<area>-<key of agencies.json>` for a bureau, `firm-<n>` for a property firm.
    """
    rows: list[dict[str, Any]] = []

    def add(code: str, name: str, level: str, area_code: str | None) -> None:
        rows.append({"agency_id": len(rows) + 1, "code": code, "name": name, "level": level, "area_code": area_code})

    areas = city.areas
    for code, name, level, bureaus in [*_city_bureaus(city), *_district_bureaus(city)]:
        for key, ending in bureaus.items():
            add(f"{code}-{key}", name + ending, level, code)
    endings = read_data("agencies.json")["endings"]
    offices = areas[areas["kind"].isin(list(endings)) & areas["level"].isin(["street", "community"])]
    for code, name, level, kind in zip(offices["code"], offices["name"], offices["level"], offices["kind"], strict=True):
        add(code, name + endings[kind], level, code)
    for number, name in enumerate(firms(city), start=1):
        add(f"firm-{number:03d}", name, FIRM, None)
    return rows


def firms(city: CityFrames) -> list[str]:
    """The names of all property firms, each once, in code-point order."""
    return sorted({name for value in city.compounds["property_firm"] if (name := text_or_none(value))})


def _named(city: CityFrames, level: str) -> list[tuple[str, str]]:
    chosen = city.areas[city.areas["level"] == level]
    return sorted(zip(chosen["code"].tolist(), chosen["name"].tolist(), strict=True))


def _city_bureaus(city: CityFrames) -> list[tuple[str, str, str, dict[str, str]]]:
    data = read_data("agencies.json")
    bureaus = dict(list(data["city"].items())[: data["city_agencies"]])
    return [(code, name, "city", bureaus) for code, name in _named(city, "city")]


def _district_bureaus(city: CityFrames) -> list[tuple[str, str, str, dict[str, str]]]:
    """All district agencies divided over the districts as evenly as it goes; the first ones get one more."""
    data, districts = read_data("agencies.json"), _named(city, "district")
    whole, more = divmod(data["district_agencies"], max(1, len(districts)))
    bureaus = list(data["district"].items())
    return [(code, name, "district", dict(bureaus[: whole + (i < more)])) for i, (code, name) in enumerate(districts)]
