"""How large a layer may be: told from the file before its shapes are in memory, so that no file can fill the machine.

10,000 micro-grids have some 400,000 vertices, the three levels of Algeria 480,000. A vertex takes 16 bytes in the file and some 200
while it is checked, so MOST_VERTICES keeps a reading below 1.5 GB. A larger layer is to be simplified or cut first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow
import pyarrow.compute
from pyarrow import parquet

from boundaries.errors import FileError
from boundaries.files.geopackage import shape_bytes
from boundaries.files.sources import Format

__all__ = ["MOST_VERTICES", "refuse_too_large"]

MOST_VERTICES: Final = 5_000_000
_VERTEX_BYTES: Final = 16
_CHUNK: Final = 1 << 22
_MOST_TABLE_BYTES: Final = 2 << 30
"""Of a GeoParquet file when unpacked: a short file can hold a long run of one value."""
_BATCH_ROWS: Final = 256


def refuse_too_large(path: Path, kind: Format, layer: str, *, most: int | None = None) -> None:
    """Nothing for a layer of at most `most` vertices (MOST_VERTICES unless given). Raises FileError `layer_too_large`.

    GeoPackage: the sum of its shapes' bytes. Shapefile: the size of the .shp. GeoJSON: the number of its opening brackets, for each
    vertex has one. GeoParquet: the unpacked sizes, then the shapes' bytes batch by batch.
    """
    limit = MOST_VERTICES if most is None else most
    if kind == "geopackage":
        vertices = shape_bytes(path, layer) // _VERTEX_BYTES
    elif kind == "shapefile":
        vertices = path.stat().st_size // _VERTEX_BYTES
    elif kind == "geojson":
        vertices = _brackets(path, limit)
    elif kind == "parquet":
        vertices = _parquet_bytes(path, limit * _VERTEX_BYTES) // _VERTEX_BYTES
    else:
        return
    if vertices > limit:
        raise FileError(
            "layer_too_large",
            en="{path} holds more than {most:,} vertices: simplify it or cut it into parts first.",
            zh="{path} 的顶点超过 {most:,} 个:请先简化或拆分。",
            path=path.name,
            most=limit,
        )


def _brackets(path: Path, limit: int) -> int:
    found = 0
    with path.open("rb") as handle:
        while found <= limit and (chunk := handle.read(_CHUNK)):
            found += chunk.count(b"[")
    return found


def _parquet_bytes(path: Path, limit: int) -> int:
    """The bytes of the shapes, or any number beyond the limit as soon as that is certain."""
    with parquet.ParquetFile(path) as file:
        groups = (file.metadata.row_group(at) for at in range(file.metadata.num_row_groups))
        if sum(group.total_byte_size for group in groups) > _MOST_TABLE_BYTES:
            return limit + _VERTEX_BYTES
        columns = [field.name for field in file.schema_arrow if pyarrow.types.is_binary(field.type) or pyarrow.types.is_nested(field.type)]
        found = 0
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=columns):
            found += batch.nbytes
            if found > limit:
                break
    return found
