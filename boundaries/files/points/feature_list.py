"""Points in GeoJSON, feature by feature; everything else in a feature comes out as it went in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow
import shapely
from numpy.typing import NDArray

from boundaries.files.geojson import FeatureReader, FeatureWriter
from boundaries.files.points.chunk import Chunk, Floats, PointReader, judged
from boundaries.geometry import LONLAT_DECIMALS

__all__ = ["GeoJsonReader", "GeoJsonSink"]

_GEOMETRY: Final = "geometry"


class GeoJsonReader:
    """A FeatureCollection of points. The file is read once more beforehand to learn its properties and their types.

    In tables a property is bool, int or float where all its values are; otherwise text, with objects and lists as JSON.
    Raises FileError `geojson_broken`, CrsError `geojson_crs`.
    """

    geometry: str | None = _GEOMETRY

    def __init__(self, path: Path, *, chunk_rows: int) -> None:
        self.path, self._chunk_rows = path, chunk_rows
        kinds: dict[str, set[type]] = {}
        count = 0
        reader = FeatureReader(path)
        for feature in reader:
            count += 1
            for name, value in (feature.get("properties") or {}).items():
                seen = kinds.setdefault(name, set())
                if value is not None:
                    seen.add(type(value))
        self.members = reader.members
        self.total: int | None = count
        self.columns = tuple(kinds)
        self._types = {name: _arrow_type(seen) for name, seen in kinds.items()}

    def __iter__(self) -> Iterator[Chunk]:
        features = iter(FeatureReader(self.path))
        start = 0
        while block := list(islice(features, self._chunk_rows)):
            lons, lats, reasons = _positions(block)
            yield Chunk(start, lons, lats, judged(start, reasons, lons=lons, lats=lats), block, partial(self._table, block))
            start += len(block)

    def _table(self, block: list[dict[str, Any]]) -> pyarrow.Table:
        columns: dict[str, pyarrow.Array] = {}
        for name, kind in self._types.items():
            values = [(feature.get("properties") or {}).get(name) for feature in block]
            if kind == pyarrow.string():
                values = [value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values]
            columns[name] = pyarrow.array(values, kind)
        shapes = [None if feature.get("geometry") is None else json.dumps(feature["geometry"]) for feature in block]
        points = shapely.from_geojson(np.array(shapes, dtype=object), on_invalid="ignore")
        columns[_GEOMETRY] = pyarrow.array(shapely.to_wkb(points).tolist(), pyarrow.binary())
        return pyarrow.table(columns)


class GeoJsonSink:
    """Writes a FeatureCollection: a GeoJSON reader's features as they were, or points made of the rows' WGS-84 positions."""

    def __init__(self, path: Path, reader: PointReader, area_column: str) -> None:
        self._own = isinstance(reader, GeoJsonReader)
        self._reader, self._area_column = reader, area_column
        self._handle = path.open("w", encoding="utf-8")
        self._writer = FeatureWriter(self._handle, reader.members if isinstance(reader, GeoJsonReader) else None)

    def write(self, chunk: Chunk, codes: NDArray[np.object_], *, lons: Floats, lats: Floats) -> None:
        features = chunk.native if self._own else self._features(chunk, lons, lats)
        for feature, code in zip(features, codes.tolist(), strict=True):
            self._writer.write({**feature, "properties": {**(feature.get("properties") or {}), self._area_column: code}})

    def close(self) -> None:
        self._writer.close()
        self._handle.close()

    def _features(self, chunk: Chunk, lons: Floats, lats: Floats) -> Iterator[dict[str, Any]]:
        table = chunk.table().select(list(self._reader.columns))
        places = np.round(np.column_stack((lons, lats)), LONLAT_DECIMALS).tolist()
        for properties, place in zip(table.to_pylist(), places, strict=True):
            known = bool(np.isfinite(place).all())
            plain = {
                name: value if isinstance(value, bool | int | float | str | None) else str(value) for name, value in properties.items()
            }
            yield {
                "type": "Feature",
                "properties": plain,
                "geometry": {"type": "Point", "coordinates": place} if known else None,
            }


def _positions(block: list[dict[str, Any]]) -> tuple[Floats, Floats, dict[int, str]]:
    places: NDArray[np.float64] = np.full((len(block), 2), np.nan)
    reasons: dict[int, str] = {}
    for at, feature in enumerate(block):
        geometry = feature.get("geometry")
        if geometry is None:
            reasons[at] = "no_position"
        elif geometry.get("type") != "Point":
            reasons[at] = "not_a_point"
        else:
            pair = geometry.get("coordinates")
            if not isinstance(pair, list) or len(pair) < 2:
                reasons[at] = "no_position"
            elif all(type(value) in (int, float) for value in pair[:2]):
                try:
                    places[at] = pair[:2]
                except OverflowError:  # an integer beyond all floats
                    reasons[at] = "not_finite"
            else:
                reasons[at] = "not_a_number"
    return places[:, 0].copy(), places[:, 1].copy(), reasons


def _arrow_type(seen: set[type]) -> pyarrow.DataType:
    if seen == {bool}:
        return pyarrow.bool_()
    if seen == {int}:
        return pyarrow.int64()
    return pyarrow.float64() if seen and seen <= {int, float} else pyarrow.string()
