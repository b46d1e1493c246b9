"""Small layers and files that several tests read."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
import shapely
from shapely import Polygon, box

BOWTIE = Polygon([(113.50, 37.80), (113.51, 37.81), (113.51, 37.80), (113.50, 37.81)])


@pytest.fixture
def frame() -> Any:
    """Two neighbours in WGS-84 with a code, a name and a parent each."""
    return geopandas.GeoDataFrame(
        {"grid": ["140302001001001", "140302001001002"], "label": ["第一网格", None], "up": [140302001001, 140302001001]},
        geometry=[box(113.50, 37.80, 113.51, 37.81), box(113.51, 37.80, 113.52, 37.81)],
        crs="EPSG:4326",
    )


@pytest.fixture
def geopackage(frame: Any, tmp_path: Path) -> Path:
    """The two neighbours in a GeoPackage with two layers."""
    path = tmp_path / "city.gpkg"
    pyogrio.write_dataframe(frame, path, layer="grids", driver="GPKG", VERSION="1.3")
    pyogrio.write_dataframe(frame.to_crs("EPSG:4547"), path, layer="metric", driver="GPKG", append=True)
    return path


@pytest.fixture
def geojson(tmp_path: Path) -> Callable[..., Path]:
    """Writes geometries as features with a property `code` = a, b, c ...; further members by name."""

    def write(*geometries: dict[str, Any] | None, **members: Any) -> Path:
        features = [
            {"type": "Feature", "properties": {"code": chr(97 + at)}, "geometry": geometry} for at, geometry in enumerate(geometries)
        ]
        path = tmp_path / "layer.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": features}))
        return path

    return write


@pytest.fixture
def curved(frame: Any, tmp_path: Path) -> Path:
    """A GeoPackage whose second polygon is a circle made of arcs."""
    path = tmp_path / "curved.gpkg"
    pyogrio.write_dataframe(frame, path, layer="grids", driver="GPKG", VERSION="1.3", SPATIAL_INDEX="NO")
    ring = [(113.515, 37.80), (113.52, 37.805), (113.515, 37.81), (113.51, 37.805), (113.515, 37.80)]
    arcs = struct.pack("<BII", 1, 8, len(ring)) + b"".join(struct.pack("<dd", *vertex) for vertex in ring)
    blob = b"GP\x00\x01" + struct.pack("<i", 4326) + struct.pack("<BII", 1, 10, 1) + arcs
    database = sqlite3.connect(path)
    database.execute("UPDATE grids SET geom = ? WHERE grid = '140302001001002'", (blob,))
    database.commit()
    database.close()
    return path


def polygon(*vertices: tuple[float, ...]) -> dict[str, Any]:
    """A GeoJSON polygon of one closed ring."""
    return {"type": "Polygon", "coordinates": [[*vertices, vertices[0]]]}


@pytest.fixture
def square() -> dict[str, Any]:
    return dict(json.loads(shapely.to_geojson(box(113.50, 37.80, 113.51, 37.81))))
