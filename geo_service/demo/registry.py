"""The address table as arrays, for drawing thousands of places from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_service.demo.addresses import positions
from geo_service.demo.frames import CityFrames, text_or_none


@dataclass(frozen=True)
class Registry:
    """Columns of the address table, one entry a row. lons, lats: WGS-84. in_town: the row lies in a compound, not in a village.

    alone: its compound, building and stairwell name no other row, so the text leads to one micro-grid.
    """

    lons: NDArray[np.float64]
    lats: NDArray[np.float64]
    households: NDArray[np.float64]
    compounds: NDArray[np.object_]
    in_town: NDArray[np.bool_]
    alone: NDArray[np.bool_]
    compound_names: list[str]
    roads: list[str]
    road_numbers: list[str]
    buildings: list[str]
    stairwells: list[str]
    micro_grids: list[str]

    def full_text(self, row: int) -> str:
        """Compound, building and stairwell of a row, as a person would write them."""
        return f"{self.compound_names[row]}{self.buildings[row]}{self.stairwells[row]}"


def registry(city: CityFrames) -> Registry:
    """The city's address table."""
    table = city.addresses
    lons, lats = positions(table)

    def texts(name: str) -> list[str]:
        return [text_or_none(value) or "" for value in table[name]]

    compounds, names = texts("compound_code"), texts("compound_name")
    buildings, stairwells = texts("building"), texts("stairwell")
    keys = list(zip(names, buildings, stairwells, strict=True))
    times = Counter(keys)
    owners = Counter({name: len(codes) for name, codes in _owners(names, compounds).items()})
    alone = [times[key] == 1 and owners[key[0]] == 1 and _exact(key[1], key[2]) for key in keys]
    return Registry(
        lons=lons,
        lats=lats,
        households=table["households"].to_numpy(dtype=np.float64),
        compounds=np.array(compounds, dtype=object),
        in_town=np.array([bool(code) for code in compounds], dtype=bool),
        alone=np.array(alone, dtype=bool),
        compound_names=names,
        roads=texts("road"),
        road_numbers=[number.removesuffix("号") for number in texts("road_number")],
        buildings=buildings,
        stairwells=stairwells,
        micro_grids=texts("micro_grid_code"),
    )


def _exact(building: str, stairwell: str) -> bool:
    """Whether they read as a stairwell of a building, or as a row of row houses, which has none."""
    return (building.endswith("号楼") and stairwell.endswith("单元")) or (building.endswith("排") and not stairwell)


def _owners(names: list[str], codes: list[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, code in zip(names, codes, strict=True):
        found.setdefault(name, set()).add(code)
    return found
