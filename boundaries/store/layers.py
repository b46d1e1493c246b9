"""Which layer of which file holds the areas of a level, and what its columns are called."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from boundaries.errors import FileError
from boundaries.files.sources import FORMATS, Source, as_source, parse_source

__all__ = ["LayerSpec", "parse_level_option"]

_KEYS: Final = ("parent", "name", "kind", "households")


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """The areas of one level in one layer. code, parent, name, kind, households: columns of the layer, None for none.

    layer None: the only one of the file. A level may have several specs (its areas in several files). kind 'village' makes an area
    of a level without shapes a leaf of its own.
    """

    level: str
    source: Path
    code: str
    layer: str | None = None
    parent: str | None = None
    name: str | None = None
    kind: str | None = None
    households: str | None = None

    @property
    def file(self) -> Source:
        """The layer as `boundaries.files` names it."""
        return Source(self.source, self.layer)

    @property
    def title(self) -> str:
        """FILE or FILE:LAYER without its folder: what a generation may say of its source to anybody."""
        return f"{self.source.name}:{self.layer}" if self.layer else self.source.name


def parse_level_option(text: str, file: Path | str, *, name: str | None = None) -> LayerSpec:
    """The layer that `LEVEL=[FILE:][LAYER:]CODE[,parent=COLUMN][,name=COLUMN][,kind=COLUMN][,households=COLUMN]` describes.

    file: a path or FILE:LAYER; a layer in the option wins, and so does a file (known by its ending), for cities with one file a level.
    name: the column for all levels that name none. The last colon before the first comma separates layer and column. Raises FileError
    `level_option_malformed`.
    """
    head, *rest = text.split(",")
    level, equals, place = head.partition("=")
    layer, _, code = place.rpartition(":")
    given: dict[str, str] = {}
    for part in rest:
        key, _, column = part.partition("=")
        if key not in _KEYS or not column or key in given:
            raise _malformed(text)
        given[key] = column
    if not (level and equals and code):
        raise _malformed(text)
    source = as_source(file)
    own = parse_source(layer) if layer else None
    if own is not None and own.path.suffix.lower() in FORMATS:
        source, layer = own, ""
    return LayerSpec(
        level=level,
        source=source.path,
        code=code,
        layer=layer or source.layer,
        parent=given.get("parent"),
        name=given.get("name", name),
        kind=given.get("kind"),
        households=given.get("households"),
    )


def _malformed(text: str) -> FileError:
    return FileError(
        "level_option_malformed",
        en="{text} does not say LEVEL=[FILE:][LAYER:]CODE[,parent=COLUMN][,name=COLUMN][,kind=COLUMN][,households=COLUMN].",
        zh="{text} 不符合格式 LEVEL=[FILE:][LAYER:]CODE[,parent=COLUMN][,name=COLUMN][,kind=COLUMN][,households=COLUMN]。",
        text=text[:200],
    )
