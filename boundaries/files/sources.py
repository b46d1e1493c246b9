"""Which file, which layer, which format: names of sources, read without opening anything that is not a plain local file.

Only four formats are ever opened, by their ending and by what the file begins with; there is no way to a URL, an archive, a virtual
file system (/vsicurl/, /vsizip/ ...) or a format that points to other files (VRT, streamed algorithms).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from boundaries.errors import FileError

__all__ = ["FORMATS", "Format", "Source", "as_source", "format_of", "parse_source", "readable"]

Format = Literal["geopackage", "geojson", "shapefile", "parquet", "csv"]

FORMATS: Final[dict[str, Format]] = {
    ".gpkg": "geopackage",
    ".geojson": "geojson",
    ".json": "geojson",
    ".shp": "shapefile",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
    ".csv": "csv",
}

_BEGINS_WITH: Final[dict[Format, bytes]] = {
    "geopackage": b"SQLite format 3\0",
    "shapefile": b"\x00\x00\x27\x0a",
    "parquet": b"PAR1",
}
_ARCHIVES: Final = (".zip", ".shz", ".kmz", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst")
_REMOTE: Final = re.compile(r"^[a-z][a-z0-9+.-]+://|^[/\\]+vsi", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """A file and, where it holds several, the layer in it. layer None: the only one."""

    path: Path
    layer: str | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.layer}" if self.layer else str(self.path)


def parse_source(text: str) -> Source:
    """The source that `FILE` or `FILE:LAYER` names.

    The colon counts as separator only behind a file ending known here (`.gpkg:communes`), so drive letters (`C:\\city.gpkg`) and
    colons inside names do no harm; a path that exists as written is taken as written. Raises FileError `remote_source` for URLs and
    /vsi paths, `layer_needed` for an empty layer name. The file is not opened.
    """
    _refuse_remote(text)
    if Path(text).exists():
        return Source(Path(text))
    endings = "|".join(re.escape(suffix) for suffix in FORMATS)
    match = re.match(rf"^(?P<path>.+?(?:{endings})):(?P<layer>.*)$", text, re.IGNORECASE | re.DOTALL)
    if match is None:
        return Source(Path(text))
    if not match["layer"]:
        raise FileError("layer_needed", en="{path} names no layer behind its colon.", zh="{path} 冒号后缺少图层名。", path=text)
    return Source(Path(match["path"]), match["layer"])


def as_source(source: Source | Path | str) -> Source:
    """The source itself, or the one that a path or `FILE:LAYER` names."""
    if isinstance(source, Source):
        _refuse_remote(str(source.path))
        return source
    if isinstance(source, Path):
        _refuse_remote(str(source))
        return Source(source)
    return parse_source(source)


def format_of(path: Path) -> Format:
    """The format that the ending of a name stands for. Raises FileError `format_unknown`, for archives `archive_refused`."""
    if path.suffix.lower() in _ARCHIVES:
        raise FileError(
            "archive_refused",
            en="{path} is an archive: unpack it and name the file inside (an archive may hold far more than it shows).",
            zh="{path} 是压缩包:请先解压并指定其中的文件(压缩包的实际内容可能远大于其体积)。",
            path=path.name,
        )
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise FileError(
            "format_unknown",
            en="{path} has an unknown ending: use one of {known}.",
            zh="{path} 的扩展名无法识别:请使用 {known} 之一。",
            path=path.name,
            known=", ".join(FORMATS),
        )
    return found


def readable(path: Path) -> Format:
    """The format of an existing local file, when it begins as that format must.

    Raises FileError: `remote_source`, `file_missing`, `file_empty`, `file_unreadable`, `format_mismatch`, those of `format_of`.
    """
    _refuse_remote(str(path))
    kind = format_of(path)
    if not path.is_file():
        raise FileError("file_missing", en="There is no file {path}.", zh="文件 {path} 不存在。", path=path)
    try:
        with path.open("rb") as handle:
            head = handle.read(64)
    except OSError as error:
        raise FileError(
            "file_unreadable", en="{path} cannot be read: {reason}.", zh="无法读取 {path}:{reason}。", path=path, reason=error.strerror
        ) from error
    if not head:
        raise FileError("file_empty", en="{path} is empty.", zh="{path} 是空文件。", path=path)
    must = _BEGINS_WITH.get(kind)
    if must is not None and not head.startswith(must):
        raise FileError(
            "format_mismatch",
            en="{path} is named as a {kind} but does not begin as one.",
            zh="{path} 的扩展名为 {kind},但内容不是该格式。",
            path=path.name,
            kind=kind,
        )
    return kind


def _refuse_remote(text: str) -> None:
    if _REMOTE.search(text):
        raise FileError(
            "remote_source",
            en="{path} is not a local file: download it first, nothing is opened over a network.",
            zh="{path} 不是本地文件:请先下载,本程序不打开网络地址。",
            path=text[:200],
        )
