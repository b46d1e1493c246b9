"""What can go wrong in this library, with meaning a caller can act on.

    BoundariesError
    ├── DatumError            a datum that is missing or not one of the known four
    ├── CoordinateError       numbers that cannot be a position (NaN, infinite, out of range, float32, ragged arrays)
    ├── CrsError              a layer whose reference system is missing, unknown or contradicts its numbers
    ├── FileError             a file that cannot be read or written: missing, empty, unknown format, unknown column
    ├── GeometryError         polygons that cannot be used: invalid, empty, 3D, curved; carries the place
    ├── CodeError             area codes that are missing, doubled or not of the level's pattern
    ├── ParentError           an area whose parent is missing, of the wrong level, or part of a cycle
    ├── IndexFileError        a saved router index that is damaged, of another version or of other areas
    ├── EditError             an edit of a draft that cannot be done as asked; carries the place
    ├── GenerationError       a generation that does not exist, is not published, or was superseded meanwhile
    └── StoreError            a database that is not prepared, newer than this program, or busy

Bad topology is not an exception: it is a `boundaries.model.Defect`.

Every error has a stable `code`, a text in English and one in Chinese, and, where known, the row, area and place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class Place(Protocol):
    """A shapely geometry in WGS-84 lon/lat that shows where the trouble is."""

    @property
    def geom_type(self) -> str: ...


class BoundariesError(Exception):
    """Any refusal of this library.

    `code` is stable and machine-readable; `params` fill the texts; `row` is a 0-based row of the input, `area` a code or name,
    `place` a geometry in WGS-84 lon/lat; `items` are further errors of the same kind (one per row, say).
    """

    def __init__(
        self,
        code: str,
        *,
        en: str,
        zh: str,
        row: int | None = None,
        area: str | None = None,
        place: Place | None = None,
        items: Sequence[BoundariesError] = (),
        **params: Any,
    ) -> None:
        self.code = code
        self.en, self.zh = en, zh
        self.row, self.area, self.place = row, area, place
        self.items = tuple(items)
        self.params = params
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        """The message in the caller's language: 'zh-CN' (or anything that starts with zh), else English."""
        template = self.zh if language.lower().startswith("zh") else self.en
        return template.format(row=self.row, area=self.area, **self.params)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, self.en, self.zh, self.row, self.area, self.place, self.items, self.params)


def _rebuild(
    kind: type[BoundariesError],
    code: str,
    en: str,
    zh: str,
    row: int | None,
    area: str | None,
    place: Place | None,
    items: tuple[BoundariesError, ...],
    params: dict[str, Any],
) -> BoundariesError:
    return kind(code, en=en, zh=zh, row=row, area=area, place=place, items=items, **params)


class DatumError(BoundariesError):
    """A coordinate came without a datum, or with one nobody knows. A datum is never assumed."""


class CoordinateError(BoundariesError):
    """Numbers that cannot be a position."""


class CrsError(BoundariesError):
    """A layer's reference system is missing, unknown, or contradicts its numbers."""


class FileError(BoundariesError):
    """A file could not be read or written."""


class GeometryError(BoundariesError):
    """Polygons that cannot be used as they are."""


class CodeError(BoundariesError):
    """Area codes that are missing, doubled or malformed."""


class ParentError(BoundariesError):
    """An area's parent is missing, of the wrong level, or part of a cycle."""


class IndexFileError(BoundariesError):
    """A saved router index cannot be used."""


class EditError(BoundariesError):
    """An operation on a draft is refused: what it asks for would break the map, or is not there."""


class GenerationError(BoundariesError):
    """The generation asked for does not exist, is not published, or was superseded meanwhile."""


class StoreError(BoundariesError):
    """The database is not prepared, newer than this program, or locked by another process."""
