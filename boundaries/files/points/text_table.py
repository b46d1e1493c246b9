"""Points in CSV: every cell stays the text it was, rows stream through, positions are read strictly."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, NoReturn

import numpy as np
import pyarrow
import pyarrow.compute
from numpy.typing import NDArray

from boundaries.errors import FileError
from boundaries.files.columns import as_text, require_columns
from boundaries.files.points.chunk import Chunk, Floats, PointReader, judged

__all__ = ["CsvReader", "CsvSink"]

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ENDLESS: Final = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


class CsvReader:
    """A CSV file with a header. lon, lat: the columns of the position. Blank lines are passed over.

    Raises FileError `unknown_column`, `column_doubled`, `csv_broken` (row), `not_utf8`.
    """

    geometry: str | None = None
    total: int | None = None

    def __init__(self, path: Path, *, lon: str, lat: str, chunk_rows: int, encoding: str = "utf-8") -> None:
        self.path, self._chunk_rows = path, chunk_rows
        with path.open("rb") as handle:
            head = handle.read(1 << 16)
        self.line_end = "\r\n" if head.partition(b"\n")[0].endswith(b"\r") else "\n"
        self.encoding = "utf-8-sig" if encoding == "utf-8" and head.startswith(b"\xef\xbb\xbf") else encoding
        self.columns = tuple(next(iter(self._rows()), []))
        require_columns([lon, lat], self.columns, name=path.name)
        for name in (lon, lat):
            if self.columns.count(name) > 1:
                raise FileError(
                    "column_doubled", en="{path} has several columns {name}.", zh="{path} 有多个列 {name}。", path=path.name, name=name
                )
        self._lon, self._lat = self.columns.index(lon), self.columns.index(lat)

    def __iter__(self) -> Iterator[Chunk]:
        rows = self._rows()
        next(rows, None)
        start = 0
        while block := list(islice(rows, self._chunk_rows)):
            self._check_widths(block, start)
            lons, reasons = _floats([row[self._lon] for row in block])
            lats, more = _floats([row[self._lat] for row in block])
            bad = judged(start, more | reasons, lons=lons, lats=lats)
            yield Chunk(start, lons, lats, bad, block, partial(self._table, block, lons, lats))
            start += len(block)

    def _rows(self) -> Iterator[list[str]]:
        row = -1
        try:
            with self.path.open(encoding=self.encoding, newline="") as handle:
                for cells in csv.reader(handle, strict=True):
                    if cells:
                        yield cells
                        row += 1
        except UnicodeError:
            raise FileError(
                "not_utf8",
                en="{path} is not {encoding} text (at about row {row}): save it as UTF-8 or name its encoding.",
                zh="{path} 不是 {encoding} 文本(约第 {row} 行):请另存为 UTF-8 或指明编码。",
                row=max(row, 0),
                path=self.path.name,
                encoding=self.encoding.upper(),
            ) from None
        except csv.Error as error:
            self._broken(max(row, 0), str(error), str(error))

    def _check_widths(self, block: list[list[str]], start: int) -> None:
        width = len(self.columns)
        for at, row in enumerate(block):
            if len(row) != width:
                self._broken(start + at, f"it has {len(row)} cells, the header has {width}", f"有 {len(row)} 格,表头为 {width} 格")

    def _table(self, block: list[list[str]], lons: Floats, lats: Floats) -> pyarrow.Table:
        """All columns as text but the two of the position, which become float64 (missing where there is no number)."""
        arrays = [pyarrow.array(column, pyarrow.string()) for column in zip(*block, strict=True)]
        arrays[self._lon], arrays[self._lat] = (pyarrow.array(values, pyarrow.float64(), from_pandas=True) for values in (lons, lats))
        return pyarrow.Table.from_arrays(arrays, names=list(self.columns))

    def _broken(self, row: int, en: str, zh: str) -> NoReturn:
        raise FileError(
            "csv_broken",
            en="{path} cannot be read at row {row}: {reason}.",
            zh="{path} 在第 {row} 行无法读取:{reason_zh}。",
            row=row,
            path=self.path.name,
            reason=en,
            reason_zh=zh,
        )


class CsvSink:
    """Writes CSV: rows of a CSV reader as they were with one cell more, or the columns of another format with lon and lat as given."""

    def __init__(self, path: Path, reader: PointReader, area_column: str) -> None:
        self._own = reader if isinstance(reader, CsvReader) else None
        self._columns = list(reader.columns)
        self._place = self._columns.index(area_column) if area_column in self._columns else None
        header = list(self._columns)
        self._positions = self._own is None and not {"lon", "lat"} & set(header)
        header += ["lon", "lat"] if self._positions else []
        header += [area_column] if self._place is None else []
        encoding, line_end = (self._own.encoding, self._own.line_end) if self._own else ("utf-8", "\n")
        self._handle = path.open("w", encoding=encoding, newline="")
        self._writer = csv.writer(self._handle, lineterminator=line_end)
        self._writer.writerow(header)

    def write(self, chunk: Chunk, codes: NDArray[np.object_], *, lons: Floats, lats: Floats) -> None:
        rows = chunk.native if self._own else self._from_table(chunk)
        if self._place is None:
            self._writer.writerows([*row, code] for row, code in zip(rows, codes.tolist(), strict=True))
            return
        for row, code in zip(rows, codes.tolist(), strict=True):
            row[self._place] = code
        self._writer.writerows(rows)

    def close(self) -> None:
        self._handle.close()

    def _from_table(self, chunk: Chunk) -> list[list[str]]:
        table = chunk.table()
        columns = [[as_text(value) for value in table.column(name).to_pylist()] for name in self._columns]
        if self._positions:
            columns += [[as_text(value) for value in values.tolist()] for values in (chunk.lons, chunk.lats)]
        return [list(row) for row in zip(*columns, strict=True)]


def _floats(cells: Sequence[str]) -> tuple[Floats, dict[int, str]]:
    """Numbers of texts, NaN where there is none, with the reason. Strict: no underscores, no words, ASCII digits, blanks around allowed."""
    trimmed = pyarrow.compute.utf8_trim_whitespace(pyarrow.array(cells, pyarrow.string()))
    try:
        return np.array(pyarrow.compute.cast(trimmed, pyarrow.float64()).to_numpy()), {}
    except pyarrow.ArrowInvalid:
        pass
    values = np.full(len(cells), np.nan)
    reasons: dict[int, str] = {}
    for at, cell in enumerate(trimmed.to_pylist()):
        if _NUMBER.fullmatch(cell):
            values[at] = float(cell)
        else:
            reasons[at] = "no_position" if not cell else "not_finite" if _ENDLESS.fullmatch(cell) else "not_a_number"
    return values, reasons
