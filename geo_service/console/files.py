"""The built console as files in memory: found once, served compressed, found again when it was built again."""

from __future__ import annotations

import hashlib
import mimetypes
import threading
from dataclasses import dataclass
from pathlib import Path

import map_ui
from geo_service.errors import SetupError

FOLDER = Path(map_ui.__file__).parent / "console_dist"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file of the build: its bytes plain and compressed (encoding -> bytes), its media type, its ETag."""

    plain: bytes
    packed: dict[str, bytes]
    media_type: str
    etag: str

    def best(self, accepted: str) -> tuple[bytes, str | None]:
        """The bytes to send to a client that accepts these encodings, and their encoding (None: plain)."""
        offered = {part.partition(";")[0].strip() for part in accepted.split(",") if "q=0" not in part.replace(" ", "").replace("q=0.", "")}
        for name, packed in self.packed.items():
            if name in offered:
                return packed, name
        return self.plain, None


class Build:
    """The files of one build by their path below the folder. Read at first use; read again when index.html changed."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._files: dict[str, BuiltFile] = {}
        self._built_at = -1
        self._loading = threading.Lock()

    def file(self, path: str) -> BuiltFile | None:
        """The file of this path, or None. SetupError 'console_not_built' when there is no build."""
        return self._all().get(path)

    def _all(self) -> dict[str, BuiltFile]:
        try:
            built_at = (self._folder / "index.html").stat().st_mtime_ns
        except FileNotFoundError:
            raise not_built() from None
        with self._loading:
            if built_at != self._built_at:
                self._files = dict(_read(self._folder))
                self._built_at = built_at
            return self._files


def _read(folder: Path) -> list[tuple[str, BuiltFile]]:
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name.startswith(".") or path.suffix in (".gz", ".br"):
            continue
        plain = path.read_bytes()
        beside = {name: path.with_name(path.name + suffix) for name, suffix in ENCODINGS}
        packed = {name: one.read_bytes() for name, one in beside.items() if one.is_file()}
        media_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        etag = f'"{hashlib.sha256(plain).hexdigest()[:20]}"'
        found.append((path.relative_to(folder).as_posix(), BuiltFile(plain, packed, media_type, etag)))
    return found


def is_built(folder: Path = FOLDER) -> bool:
    """Whether there is a build to serve."""
    return (folder / "index.html").is_file()


def not_built() -> SetupError:
    """What to say when there is none."""
    return SetupError(
        "console_not_built",
        en="the console is not built: run make setup (or pip install -e .)",
        zh="调度台尚未构建：请运行 make setup（或 pip install -e .）",
    )
