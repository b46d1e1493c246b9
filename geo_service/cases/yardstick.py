"""By what areas, agencies and workers are judged, as data: which numbers are too small, who counts as a worker, what earns a star.

A city's own yardstick is a version of its rules (kind `evaluation`), read from one row; until it has one, the shipped one holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from geo_service.cases.rates import RATES, share
from geo_service.errors import RequestError

STARS = 5


@dataclass(frozen=True, slots=True)
class Yardstick:
    """small: the fewest cases behind a rate that is told as a value; small_households, small_people, small_workers: likewise for loads.

    workers: level -> roles whose holders count as its workers, '' for all other levels. weights: rate -> its weight in the score.
    star_from: the least score of one, two ... five stars, 0..1. least_weight: the part of all weights that must be told for a score.
    """

    small: int
    small_households: int
    small_people: int
    small_workers: int
    workers: Mapping[str, tuple[str, ...]]
    weights: Mapping[str, float]
    star_from: tuple[float, ...]
    least_weight: float

    def row(self) -> dict[str, Any]:
        """The yardstick in JSON values, as `yardstick_from` reads them."""
        stars = {"weights": dict(self.weights), "from": list(self.star_from), "least_weight": self.least_weight}
        workers = {level: list(roles) for level, roles in self.workers.items()}
        small = {"small": self.small, "small_households": self.small_households}
        small |= {"small_people": self.small_people, "small_workers": self.small_workers}
        return {**small, "workers": workers, "stars": stars}

    def roles(self, level: str) -> tuple[str, ...]:
        """The roles that count as workers of a level."""
        return self.workers.get(level, self.workers[""])

    def value(self, counts: Mapping[str, int], code: str) -> tuple[float | None, str | None]:
        """(value, None) of a rate, or (None, why): no_cases, few_cases."""
        below = counts[RATES[code].denominator]
        if below < max(1, self.small):
            return None, "few_cases" if below else "no_cases"
        return share(counts, RATES[code]), None

    def score(self, counts: Mapping[str, int]) -> float | None:
        """0..1, the weighted mean of the rates that are told, turned so that more is better; None where too few of them are."""
        told, weight = 0.0, 0.0
        for code, own in self.weights.items():
            value, _ = self.value(counts, code)
            if value is not None:
                told += own * (value if RATES[code].better == "up" else 1 - value)
                weight += own
        return told / weight if weight and weight >= self.least_weight * sum(self.weights.values()) else None

    def stars(self, score: float | None) -> int | None:
        """One to five, None without a score."""
        return None if score is None else max(1, sum(score >= least for least in self.star_from))


@cache
def shipped_yardstick() -> Yardstick:
    """The one that comes with the program."""
    return yardstick_from(orjson.loads((files("geo_service.cases") / "data" / "yardstick.json").read_bytes()))


def yardstick_from(row: Mapping[str, Any]) -> Yardstick:
    """The yardstick of JSON values. RequestError names the entry that cannot be."""
    try:
        stars = row["stars"]
        made = Yardstick(
            small=int(row["small"]),
            small_households=int(row["small_households"]),
            small_people=int(row["small_people"]),
            small_workers=int(row["small_workers"]),
            workers={str(level): tuple(map(str, roles)) for level, roles in row["workers"].items()},
            weights={str(code): float(weight) for code, weight in stars["weights"].items()},
            star_from=tuple(map(float, stars["from"])),
            least_weight=float(stars["least_weight"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise _refused(str(wrong).strip("'") or "row") from wrong
    least = (made.small, made.small_households, made.small_people, made.small_workers)
    for field, good in (
        ("small", all(0 <= one <= 1_000_000 for one in least)),
        ("workers", "" in made.workers),
        ("weights", bool(made.weights) and set(made.weights) <= set(RATES) and all(0 < one < 1000 for one in made.weights.values())),
        ("from", len(made.star_from) == STARS and list(made.star_from) == sorted(made.star_from) and made.star_from[0] >= 0),
        ("least_weight", 0 <= made.least_weight <= 1),
    ):
        if not good:
            raise _refused(field)
    return made


def _refused(field: str) -> RequestError:
    return RequestError("bad_yardstick", en="the yardstick's {field} cannot be used", zh="评价标准的 {field} 无法使用", field=field)
