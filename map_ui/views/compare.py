"""The view of two generations side by side: what was added, retired, reshaped, moved to another parent, renamed or recoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from map_ui import style
from map_ui.frames import CHANGE_KINDS, check_areas, check_changes
from map_ui.packing import build, column, path_deltas, ring_deltas
from map_ui.texts import text
from map_ui.views.area_layers import area_bounds, finest, ladder_of, level_layer, level_words, packed_columns
from map_ui.views.ground import ground_layers
from map_ui.views.surroundings import drawn_rows
from map_ui.views.view import Bounds, Heading, Layer, MapView, Spec, heading_spec
from map_ui.words import Language, Words

_QUIET = ("households", "touched")
"""Changes without a picture of their own: they do not decide where the maps open."""


def compare(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    changes: pd.DataFrame,
    *,
    heading_before: Heading,
    heading_after: Heading,
    ground: Mapping[str, gpd.GeoDataFrame] | None = None,
    level_names: Mapping[str, Words] | None = None,
) -> MapView:
    """Two maps that move together, before at the left and after at the right, with a list of the changes that leads to each.

    before, after: `frames.AREAS`, whole generations (worker, post and open_cases are not shown). changes: `frames.CHANGES`. Changed areas
    are coloured by what became of them; of what has not changed only the surroundings of changes and the outlines of levels with few
    areas are drawn, so that a page stays small however large the city is. The page's title and source are those of heading_after; source
    and synthetic of heading_before are shown when they differ. Raises FrameError.
    """
    sides = check_areas(before), check_areas(after)
    listed = _in_order(check_changes(changes, *sides), ladder := ladder_of(_both(sides)))
    kept = [drawn_rows(side, listed[f"{name}_row"].to_numpy(), _near(side, listed, name)) for side, name in zip(sides, _SIDES, strict=True)]
    kept = _same_codes(sides, kept)
    names = level_names or {}
    below, ground_data = ground_layers(ground)
    layers = [_level(sides, level, rank, names) for rank, level in enumerate(ladder)]
    data = {**_packed(sides, kept, listed, ladder), "ground": ground_data}

    def extra(language: Language) -> Spec:
        return {
            "before": heading_spec(heading_before, language),
            "levels": [level_words(level, names, language) for level in ladder],
            "kinds": [_kind(kind, int((listed["change"] == kind).sum()), language) for kind in CHANGE_KINDS],
            "clipped": any(not rows.all() for rows in kept),
        }

    everything, core = _bounds(sides, listed)
    return MapView("compare", heading_after, (*below, *layers), data, len(listed), everything, core, extra, paired=True)


_UNUSED = ("worker", "post", "open_cases", "households")

Sides = tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]
_SIDES = ("before", "after")


def _both(sides: Sides) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.concat(sides, ignore_index=True), crs=sides[0].crs)


def _in_order(changes: pd.DataFrame, ladder: list[str]) -> pd.DataFrame:
    """Kinds in the order of the legend, then coarse to fine, then by code; a level no area has stands last."""
    rank = {level: number for number, level in enumerate(ladder)}
    kind = {name: number for number, name in enumerate(CHANGE_KINDS)}
    keyed = changes.assign(kind=changes["change"].map(kind), rank=changes["level"].map(lambda level: rank.get(level, -1)))
    late = keyed["rank"].mask(keyed["rank"] < 0, len(ladder))
    return keyed.assign(late=late).sort_values(["kind", "late", "code"], kind="stable", ignore_index=True)


def _near(side: gpd.GeoDataFrame, changes: pd.DataFrame, name: str) -> NDArray[np.bool_]:
    """Changes whose surroundings are drawn: those of the finest areas that show on the map. A district's would be the whole district."""
    fine = np.append(finest(side), False)
    loud = ~changes["change"].isin(_QUIET)
    return np.asarray(loud & fine[changes[f"{name}_row"].to_numpy()], dtype=bool)


def _same_codes(sides: Sides, kept: list[NDArray[np.bool_]]) -> list[NDArray[np.bool_]]:
    """What is drawn at one side is drawn at the other too, where it exists."""
    codes = {code for side, rows in zip(sides, kept, strict=True) for code in side["code"][rows]}
    return [np.asarray(side["code"].isin(codes), dtype=bool) for side in sides]


def _level(sides: Sides, level: str, rank: int, names: Mapping[str, Words]) -> Layer:
    # How near one must be to read a level is a matter of its areas, not of how many generations are shown: after decides, if it can.
    rows = next(side[side["level"] == level] for side in reversed(sides) if (side["level"] == level).any())
    return level_layer(rows, rank, names, line=style.unchanged_line(rank))


def _kind(kind: str, count: int, language: Language) -> Spec:
    look = style.CHANGES[kind]
    name = text(f"change.{kind}", language)
    return {
        "kind": kind,
        "name": name,
        "count": count,
        "colour": look.colour,
        "hatch": look.hatch,
        "dash": list(look.dash),
        "shown": kind != "touched",
    }


def _bounds(sides: Sides, changes: pd.DataFrame) -> tuple[Bounds | None, Bounds | None]:
    """(everything, core): all areas of both sides, and the changes that show; everything again when none does."""
    everything = area_bounds(_both(sides))[0]
    loud = changes[~changes["change"].isin(_QUIET)]
    for some in (loud, changes):
        rows = [side.iloc[some[f"{name}_row"][some[f"{name}_row"] >= 0]] for side, name in zip(sides, _SIDES, strict=True)]
        core = area_bounds(_both((rows[0], rows[1])))[0] if len(some) else None
        if core is not None:
            return everything, core
    return everything, everything


@dataclass(frozen=True, slots=True)
class _Names:
    """Display names of codes at a side; '' for a code it does not have."""

    known: Mapping[str, str]

    def of(self, codes: pd.Series) -> dict[str, list[Any]]:
        return column(self.known.get(code, "") for code in codes)


def _packed(sides: Sides, kept: list[NDArray[np.bool_]], changes: pd.DataFrame, ladder: list[str]) -> dict[str, Any]:
    """{before, after: columns of the drawn areas, arcs, rings: those of before, then those of after, changes}.

    Both sides share one topology: a border that did not move is stored once, and one that did is known by being on one side only.
    """
    drawn = [gpd.GeoDataFrame(side[rows].reset_index(drop=True), crs=side.crs) for side, rows in zip(sides, kept, strict=True)]
    topology = build(_both((drawn[0], drawn[1]))["geometry"].to_numpy())
    packed: dict[str, Any] = {}
    for name, side, part, rows in zip(_SIDES, sides, drawn, kept, strict=True):
        packed[name] = {key: cells for key, cells in packed_columns(part, ladder).items() if key not in _UNUSED}
        # An area whose parts are not drawn is still made of parts.
        packed[name]["finest"] = finest(side)[rows].astype(int).tolist()
    moved = {name: np.append(np.cumsum(rows) - 1, -1) for name, rows in zip(_SIDES, kept, strict=True)}
    packed["changes"] = _packed_changes(sides, changes, moved)
    return {**packed, "arcs": path_deltas(topology.arcs), "rings": ring_deltas(topology.rings)}


def _packed_changes(sides: Sides, changes: pd.DataFrame, moved: Mapping[str, NDArray[np.int64]]) -> dict[str, Any]:
    old, new = (_Names(dict(zip(side["code"], side["name"], strict=True))) for side in sides)
    anywhere = _Names({**new.known, **old.known})
    own = {}
    for name, side in zip(_SIDES, sides, strict=True):
        rows = changes[f"{name}_row"].to_numpy()
        own[f"name_{name}"] = column(side["name"].iat[row] if row >= 0 else "" for row in rows)
        own[name] = moved[name][rows].tolist()
    return {
        **own,
        "code": list(changes["code"]),
        "name": column(changes["name"]),
        "level": changes["rank"].tolist(),
        "kind": changes["kind"].tolist(),
        "from_code": column(changes["from_code"]),
        "to_code": column(changes["to_code"]),
        "from_name": anywhere.of(changes["from_code"]),
        "to_name": _Names({**old.known, **new.known}).of(changes["to_code"]),
        "from_parent": column(changes["from_parent"]),
        "to_parent": column(changes["to_parent"]),
        "from_parent_name": old.of(changes["from_parent"]),
        "to_parent_name": new.of(changes["to_parent"]),
        "area_m2_before": _numbers(changes["area_m2_before"]),
        "area_m2_after": _numbers(changes["area_m2_after"]),
        "households_before": changes["households_before"].tolist(),
        "households_after": changes["households_after"].tolist(),
    }


def _numbers(values: pd.Series) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 1) for value in values]
