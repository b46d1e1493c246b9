"""A file that somebody sent: its format told by its first bytes, its name never used, an archive opened only as far as it is a Shapefile.

What comes out is a plain file under a name of ours, which the readers then judge like any other.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from boundaries.errors import FileError

__all__ = ["MOST_MEMBERS", "place_received"]

MOST_MEMBERS: Final = 200
_CHUNK: Final = 1 << 20
_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_BEGINNINGS: Final = ((b"SQLite format 3\0", ".gpkg"), (b"PAR1", ".parquet"), (b"PK\x03\x04", ".zip"), (b"PK\x05\x06", ".zip"))
_SHAPEFILE: Final = b"\x00\x00\x27\x0a"


def place_received(received: Path, folder: Path, stem: str, *, most_bytes: int) -> Path:
    """The path of the layer's file in `folder`, called `stem` and the ending of what it is: .gpkg, .parquet, .geojson or .shp.

    received: the file as it came; it is moved, or unpacked where it is a zip archive with one Shapefile. most_bytes: what an archive
    may come to when unpacked, counted while unpacking. Raises FileError `file_empty`, `format_unknown`, `shapefile_bare`,
    `archive_broken`, `archive_too_large`, `archive_slip`, `archive_locked`, `archive_without_shapefile`.
    """
    with received.open("rb") as handle:
        head = handle.read(64)
    if not head:
        raise FileError("file_empty", en="{path} is empty.", zh="{path} 是空文件。", path=stem)
    ending = next((ending for begins, ending in _BEGINNINGS if head.startswith(begins)), "")
    if ending == ".zip":
        return _unpacked(received, folder, stem, most_bytes)
    if not ending and head.startswith(_SHAPEFILE):
        raise FileError(
            "shapefile_bare",
            en="{path} is the .shp of a Shapefile alone: send a zip archive with its .shx, .dbf and .prj.",
            zh="{path} 只是 Shapefile 的 .shp:请将其与 .shx、.dbf、.prj 一起打包为 zip。",
            path=stem,
        )
    if not ending and head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        ending = ".geojson"
    if not ending:
        raise FileError(
            "format_unknown",
            en="{path} is none of GeoPackage, GeoJSON, GeoParquet or a zip archive with a Shapefile.",
            zh="{path} 不是 GeoPackage、GeoJSON、GeoParquet 或含 Shapefile 的 zip。",
            path=stem,
        )
    return received.rename(folder / f"{stem}{ending}")


def _unpacked(received: Path, folder: Path, stem: str, most_bytes: int) -> Path:
    try:
        with zipfile.ZipFile(received) as archive:
            members = _chosen(archive, stem, most_bytes)
            left = most_bytes
            for ending, member in members.items():
                left -= _extract(archive, member, folder / f"{stem}{ending}", stem, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise FileError(
            "archive_broken",
            en="{path} cannot be unpacked: {reason}.",
            zh="{path} 无法解压:{reason}。",
            path=stem,
            reason=reason,
        ) from error
    return folder / f"{stem}.shp"


def _chosen(archive: zipfile.ZipFile, stem: str, most_bytes: int) -> dict[str, zipfile.ZipInfo]:
    """The members of the one Shapefile by ending. Whatever else lies in the archive is left in it."""
    listed = archive.infolist()
    if len(listed) > MOST_MEMBERS or sum(member.file_size for member in listed) > most_bytes:
        raise _too_large(stem, most_bytes)
    for member in listed:
        _refuse_stray(member, stem)
    shapes = [member for member in listed if _ending(member) == ".shp" and "__MACOSX" not in member.filename]
    if len(shapes) != 1:
        raise FileError(
            "archive_without_shapefile",
            en="{path} must hold exactly one Shapefile; it holds {count}.",
            zh="{path} 必须恰好包含一个 Shapefile;现有 {count} 个。",
            path=stem,
            count=len(shapes),
        )
    base = shapes[0].filename[:-4].lower()
    return {_ending(member): member for member in listed if member.filename[:-4].lower() == base and _ending(member) in _PARTS}


def _refuse_stray(member: zipfile.ZipInfo, stem: str) -> None:
    name = member.filename.replace("\\", "/")
    if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name or stat.S_ISLNK(member.external_attr >> 16):
        raise FileError(
            "archive_slip",
            en="{path} holds a member that points out of the archive; nothing was unpacked.",
            zh="{path} 含有指向压缩包之外的成员;未解压任何内容。",
            path=stem,
        )
    if member.flag_bits & 1:
        raise FileError("archive_locked", en="{path} is locked by a password.", zh="{path} 有密码保护。", path=stem)


def _ending(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).suffix.lower()


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, stem: str, most_bytes: int) -> int:
    """Bytes written; what a member says of its size is not believed."""
    size = 0
    with archive.open(member) as source, target.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > most_bytes:
                raise _too_large(stem, most_bytes)
            sink.write(chunk)
    return size


def _too_large(stem: str, most_bytes: int) -> FileError:
    return FileError(
        "archive_too_large",
        en="{path} holds more than {members} files or {most:,} bytes when unpacked.",
        zh="{path} 解压后超过 {members} 个文件或 {most:,} 字节。",
        path=stem,
        members=MOST_MEMBERS,
        most=most_bytes,
    )
