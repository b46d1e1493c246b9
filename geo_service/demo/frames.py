"""What the fillers read of a model city: its frames, whoever drew them (`boundaries.demo.DemoCity` is one)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import orjson
import pandas as pd
from geopandas import GeoDataFrame


class CityFrames(Protocol):
    """A model city as frames; columns as `boundaries.demo` documents them, shapes in metres of the frame's CRS."""

    @property
    def areas(self) -> GeoDataFrame:
        """code, level, kind, name, parent_code, shares_face_of, households, geometry."""

    @property
    def compounds(self) -> GeoDataFrame:
        """code, name, community_code, households, five_star, property_firm, geometry and others."""

    @property
    def addresses(self) -> pd.DataFrame:
        """The address table, one row a stairwell or a range of its floors."""

    @property
    def seats(self) -> pd.DataFrame:
        """area_code, level, lon, lat (WGS-84): where an area's office stands."""

    @property
    def scale(self) -> float:
        """1 is the whole model city."""


@cache
def read_data(name: str) -> Any:
    """A data file of this package, by its name; the same object each time: do not change it."""
    return orjson.loads((files("geo_service.demo") / "data" / name).read_bytes())


def text_or_none(value: object) -> str | None:
    """The text, or None for what a frame holds where there is none (None, NaN, '')."""
    return value if isinstance(value, str) and value else None
