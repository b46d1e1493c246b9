"""Points as a layer: symbols by one column, facets to switch values on and off, fields of the details."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from map_ui.packing import column, path_deltas, to_steps
from map_ui.style import Symbol
from map_ui.views.view import Layer, Spec
from map_ui.words import Language


@dataclass(frozen=True, slots=True)
class Facet:
    """Values of a column that can be switched. values: in the legend's order; name and label: texts in a language.

    symbols: marks shown in the legend; the facet with `draws` decides which one stands on the map. least_zoom: values that wait until
    the map is this near. badges: values whose symbols carry a star. ranks: of equal symbols those with an earlier
    value lie on top. quiet: values the details leave out.
    """

    column: str
    values: tuple[str, ...]
    name: Callable[[Language], str]
    label: Callable[[str, Language], str]
    symbols: Mapping[str, Symbol] | None = None
    draws: bool = False
    least_zoom: Mapping[str, float] | None = None
    badges: tuple[str, ...] = ()
    ranks: bool = False
    quiet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A line of the details: its column and its name. A column with a facet shows the facet's label."""

    column: str
    name: Callable[[Language], str]


def symbol_spec(symbol: Symbol) -> Spec:
    """A symbol as the scripts read it."""
    return {"path": symbol.path, "fill": symbol.fill, "stroke": symbol.stroke, "size": symbol.size}


def point_layer(
    frame: pd.DataFrame,
    *,
    key: str,
    name: Callable[[Language], str],
    facets: Sequence[Facet],
    fields: Sequence[Field],
    title: str,
    searched: Sequence[str],
    counted: bool,
    unplaced: int = 0,
) -> tuple[Layer, dict[str, Any]]:
    """(layer, packed columns) of a frame with lon and lat.

    title: column that heads the details. searched: columns the search box looks into. counted: draw numbers in circles where many
    lie together. unplaced: rows left out of the frame because nobody knows where they are.
    """

    def spec(language: Language) -> Spec:
        return {
            "name": name(language),
            "title": title,
            "searched": list(searched),
            "counted": counted,
            "unplaced": unplaced,
            "fields": [{"column": field.column, "name": field.name(language)} for field in fields],
            "facets": [_facet_spec(facet, frame, language) for facet in facets],
        }

    columns = dict.fromkeys([facet.column for facet in facets] + [field.column for field in fields] + [title, *searched])
    data: dict[str, Any] = {"columns": {name: _column(frame[name]) for name in columns}}
    data["xy"] = path_deltas([to_steps(frame[["lon", "lat"]].to_numpy(dtype="float64"))])["xy"] if len(frame) else []
    return Layer(key, "points", len(frame), spec), data


def _column(values: pd.Series) -> dict[str, list[Any]]:
    if len(values) and isinstance(values.iloc[0], list):
        return {"list": list(values)}
    return column(values)


def _facet_spec(facet: Facet, frame: pd.DataFrame, language: Language) -> Spec:
    counts = frame[facet.column].value_counts().to_dict()
    options = []
    for value in facet.values:
        option: Spec = {"value": value, "label": facet.label(value, language), "count": int(counts.get(value, 0))}
        if facet.symbols is not None:
            option["symbol"] = symbol_spec(facet.symbols[value])
        option["least_zoom"] = (facet.least_zoom or {}).get(value, 0)
        option["badge"] = value in facet.badges
        option["quiet"] = value in facet.quiet
        options.append(option)
    return {"column": facet.column, "name": facet.name(language), "draws": facet.draws, "ranks": facet.ranks, "options": options}
