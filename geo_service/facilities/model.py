"""Kinds of places as data, and what a record of one must be. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

BODY = "body"
"""Attributes of this type are kept with who stands for a compound, not in the record."""
FIVE_STARS = 5


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something kept of a place. type: flag | count | text | stars | body."""

    key: str
    type: str
    zh: str
    en: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of place: the levels it stands at, its usual services (zh, en), what is kept of it."""

    kind: str
    zh: str
    en: str
    levels: tuple[str, ...]
    services: tuple[tuple[str, str], ...]
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class Place:
    """What is said of a place, lon and lat in WGS-84 degrees. serves: codes of areas, empty for the one it lies in."""

    kind: str
    level: str
    name: str
    lon: float
    lat: float
    address: str = ""
    phone: str | None = None
    opening_hours: str = ""
    demonstration: bool = False
    services: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    serves: tuple[str, ...] = ()

    @property
    def stars(self) -> int | None:
        """The stars of a compound; None where it was not rated."""
        return stars_of(self.attributes, five_star=False)


def tidied(place: Place) -> Place:
    """Without blanks around texts and without attributes that say nothing, so that the same is the same."""
    kept = {key: value.strip() if isinstance(value, str) else value for key, value in place.attributes.items()}
    return replace(
        place,
        name=place.name.strip(),
        address=place.address.strip(),
        phone=(place.phone or "").strip() or None,
        opening_hours=place.opening_hours.strip(),
        attributes={key: value for key, value in kept.items() if value not in (None, "")},
    )


def stars_of(attributes: Mapping[str, Any], *, five_star: bool) -> int | None:
    """Stars as recorded; five where only that distinction is known."""
    said = attributes.get("stars")
    return int(said) if said is not None else FIVE_STARS if five_star else None


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by its name, in the order of the table."""
    table = _table()
    return {
        one["kind"]: Kind(
            one["kind"],
            one["zh"],
            one["en"],
            tuple(one["levels"]),
            tuple((zh, en) for zh, en in table["services"].get(one["services"], ())),
            {said["key"]: Attribute(**said) for said in one["attributes"]},
        )
        for one in table["kinds"]
    }


@cache
def service_words() -> Mapping[str, str]:
    """What services are called in English, by their Chinese name."""
    return {zh: en for pairs in _table()["services"].values() for zh, en in pairs}


def _table() -> dict[str, Any]:
    text = (resources.files("geo_service.facilities") / "data" / "kinds.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
