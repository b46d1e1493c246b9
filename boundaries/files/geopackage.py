"""What GDAL would not tell about a GeoPackage: curved shapes it would silently straighten, and tables that reach out of the file."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from boundaries.errors import FileError

__all__ = ["curved_rows", "refuse_foreign_tables", "shape_bytes"]

_CURVED: Final = {8: "CircularString", 9: "CompoundCurve", 10: "CurvePolygon", 11: "MultiCurve", 12: "MultiSurface"}
_ENVELOPE_BYTES: Final = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_HEADER: Final = 8


def refuse_foreign_tables(path: Path) -> None:
    """Nothing, when the file is an intact database whose virtual tables are plain spatial or text indexes.

    A virtual table of another kind can name other files or addresses. Raises FileError `foreign_table` or `file_unreadable`.
    """
    try:
        with closing(_open(path)) as database:
            rows = database.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'").fetchall()
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error
    for name, sql in rows:
        module = sql.upper().partition(" USING ")[2].lstrip().split("(")[0].strip(' "')
        if not module.startswith(("RTREE", "FTS")):
            raise FileError(
                "foreign_table",
                en="{path} holds the virtual table {table}, which may point outside the file.",
                zh="{path} 含有虚拟表 {table},可能指向文件之外的数据。",
                path=path.name,
                table=name,
            )


def curved_rows(path: Path, layer: str) -> dict[int, str]:
    """The rows (0-based, in order of the feature id) of a layer whose shape is curved, with the shape's type.

    Raises FileError `file_unreadable`.
    """
    try:
        with closing(_open(path)) as database:
            found = database.execute("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)).fetchone()
            if found is None:
                return {}
            column, table = (f'"{name.replace(chr(34), chr(34) * 2)}"' for name in (found[0], layer))
            blobs = database.execute(f"SELECT substr({column}, 1, {_HEADER + 64 + 5}) FROM {table} ORDER BY 1 * rowid")
            kinds = ((row, _shape_type(blob)) for row, (blob,) in enumerate(blobs))
            return {row: _CURVED[kind] for row, kind in kinds if kind in _CURVED}
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error


def shape_bytes(path: Path, layer: str) -> int:
    """The bytes of all shapes of a layer, without reading them. Raises FileError `file_unreadable`."""
    try:
        with closing(_open(path)) as database:
            found = database.execute("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)).fetchone()
            if found is None:
                return 0
            column, table = (f'"{name.replace(chr(34), chr(34) * 2)}"' for name in (found[0], layer))
            return int(database.execute(f"SELECT coalesce(sum(length({column})), 0) FROM {table}").fetchone()[0])
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error


def _shape_type(blob: bytes | None) -> int:
    """The basic WKB type in a GeoPackage geometry (header GP, version, flags, srs, envelope), 0 where there is none."""
    if not blob or len(blob) < _HEADER or blob[:2] != b"GP":
        return 0
    start = _HEADER + _ENVELOPE_BYTES.get(blob[3] >> 1 & 7, 0)
    if len(blob) < start + 5:
        return 0
    order = "<" if blob[start] == 1 else ">"
    return int(struct.unpack_from(f"{order}I", blob, start + 1)[0] & 0xFFFFFFF) % 1000


def _open(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    database = sqlite3.connect(address, uri=True)
    try:
        database.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.OperationalError:  # a write-ahead log that cannot be opened read-only, in a folder that cannot be written
        database.close()
        database = sqlite3.connect(f"{address}&immutable=1", uri=True)
    return database


def _unreadable(path: Path, error: Exception) -> FileError:
    return FileError(
        "file_unreadable", en="{path} cannot be read: {reason}.", zh="无法读取 {path}:{reason}。", path=path, reason=str(error)
    )
