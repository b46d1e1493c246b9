"""The model city as members of a generation, and its tiles as an independent reader (GDAL) decodes them."""

import gzip
from collections.abc import Sequence
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from boundaries.demo import build_city, levels
from boundaries.model import AreaVersion, Level
from boundaries.pyramid import Pyramid, build

LEVELS: Sequence[Level] = levels()


def members_of(areas: geopandas.GeoDataFrame) -> list[AreaVersion]:
    """The areas of a frame, numbered by row."""
    ids = {code: number for number, code in enumerate(areas["code"], start=1)}
    rows = zip(*(areas[name] for name in ("code", "level", "name", "kind", "parent_code", "shares_face_of", "geometry")), strict=True)
    return [
        AreaVersion(ids[code], ids[code], level, code, name, kind, ids.get(parent), shape, 0, ids.get(shares), "")
        for code, level, name, kind, parent, shares, shape in rows
    ]


@pytest.fixture(scope="session")
def members() -> list[AreaVersion]:
    made = build_city(seed=1, scale=0.02)
    beside = made.compounds.assign(level="compound", kind="compound", parent_code=None, shares_face_of=None)
    return members_of(pd.concat([made.areas, beside[["code", "level", "name", "kind", "parent_code", "shares_face_of", "geometry"]]]))


@pytest.fixture(scope="session")
def metric_crs() -> str:
    return str(build_city(seed=1, scale=0.02).areas.crs)


@pytest.fixture(scope="session")
def pyramid(members: list[AreaVersion], metric_crs: str) -> Pyramid:
    return build(members, levels=LEVELS, metric_crs=metric_crs)


def decoded(pyramid: Pyramid, tile: tuple[int, int, int], layer: str) -> geopandas.GeoDataFrame:
    """A layer of a tile in the tile's own units (y up, as GDAL turns it); an empty frame when the tile has no such layer."""
    content = gzip.decompress(pyramid.tiles[tile])
    if layer not in pyogrio.list_layers(content)[:, 0]:
        return geopandas.GeoDataFrame({"code": []}, geometry=[])
    return pyogrio.read_dataframe(content, layer=layer)


def segments(shapes: Any) -> tuple[np.ndarray, np.ndarray]:
    """(segments as sorted pairs of vertices, how many polygons' borders each is part of); those inside the tile proper only."""
    rings = shapely.get_rings(shapely.get_parts(np.asarray(shapes, dtype=object)))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    pairs = np.stack((xy[:-1][joined], xy[1:][joined]), axis=1)
    inside = ((pairs > 0) & (pairs < 4096)).all(axis=(1, 2))
    pairs = pairs[inside]
    turned = (pairs[:, 0, 0] > pairs[:, 1, 0]) | ((pairs[:, 0, 0] == pairs[:, 1, 0]) & (pairs[:, 0, 1] > pairs[:, 1, 1]))
    pairs[turned] = pairs[turned][:, ::-1]
    return np.unique(pairs.reshape(-1, 4), axis=0, return_counts=True)
