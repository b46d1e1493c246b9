"""Made-up names of persons and numbers nobody can dial."""

from __future__ import annotations

import numpy as np

from geo_service.demo.chance import pick
from geo_service.demo.frames import read_data

SINGLE = 0.2
"""Share of given names with one character."""


def person_names(rng: np.random.Generator, count: int) -> list[str]:
    """`count` names of a common surname and one or two characters each; names recur, as in any city."""
    data = read_data("names.json")
    surnames, given = list(data["surnames"]), data["given"]
    first = pick(rng, list(data["surnames"].values()), count).tolist()
    second, third = rng.integers(0, len(given), size=(2, count)).tolist()
    short = (rng.random(count) < SINGLE).tolist()
    return [surnames[a] + given[b] + ("" if one or b == c else given[c]) for a, b, c, one in zip(first, second, third, short, strict=True)]


def phone(kind: str, number: int) -> str:
    """The `number`-th of a range that no network gives out; kind: leader, worker, office, facility, reporter."""
    return str(read_data("names.json")["phones"][kind].format(number))
