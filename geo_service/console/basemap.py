"""A basemap through this service: tiles of one configured source, kept on disk. Its key stays here, browsers ask nobody else.

Off unless CITYGRID_BASEMAP_URL is set. What comes back is only passed on when it is a picture, and small.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from geo_service.console.fetching import Got, fetch
from geo_service.errors import NotFoundError, SetupError
from geo_service.notify.reach import Network, networks
from geo_service.settings import BasemapSettings

LARGEST_TILE: Final = 512 * 1024
AT_ONCE: Final = 6
"""So many tiles are asked of the source at a time; who waits longer than WAIT_S is told to come again."""
WAIT_S: Final = 4.0
REST_S: Final = 30.0
"""A tile that could not be had is not asked for again for so long."""
_KINDS: Final = (("image/png", b"\x89PNG\r\n\x1a\n"), ("image/jpeg", b"\xff\xd8\xff"), ("image/webp", b"RIFF"))
_DAY_S: Final = 86_400

Fetch = Callable[[str], Got]


@dataclass(frozen=True, slots=True)
class Picture:
    """A tile: its bytes and media type."""

    content: bytes
    media_type: str


class Basemap:
    """The tiles of the configured source. Safe to use from many threads; processes may share the folder."""

    def __init__(
        self, settings: BasemapSettings, folder: Path, *, fetch: Fetch | None = None, now: Callable[[], float] = time.time
    ) -> None:
        self.settings = settings
        template = settings.basemap_url.get_secret_value() if settings.basemap_url else ""
        self._template, self._now = template, now
        self._folder = folder / "basemap" / hashlib.sha256(template.encode()).hexdigest()[:16]  # another source, another folder
        allowed = networks(settings.basemap_private_networks)
        self._fetch = fetch or (lambda url: fetch_within(url, allowed))
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._resting: dict[tuple[int, int, int], float] = {}
        self._kept_bytes: int | None = None

    @property
    def is_on(self) -> bool:
        """Whether a source is configured."""
        return bool(self._template)

    def tile(self, *, z: int, x: int, y: int) -> Picture:
        """A tile, from disk where it is fresh. y counts from the north (XYZ; the TILEROW of a WMTS, whose TILECOL is x).

        NotFoundError without a source and for a tile outside its range; SetupError when the source does not answer with a picture:
        then an older copy goes out where there is one.
        """
        self._require(z, x, y)
        path = self._folder / str(z) / str(x) / f"{y}.tile"
        kept, fresh = self._kept(path)
        if kept is not None and fresh:
            return kept
        if self._resting.get((z, x, y), 0) < self._now():
            picture = self._ask(z, x, y)
            if picture is not None:
                self._keep(path, picture.content)
                return picture
            if len(self._resting) > 10_000:
                self._resting.clear()
            self._resting[z, x, y] = self._now() + REST_S
        if kept is not None:
            return kept
        raise SetupError("basemap_unreachable", en="the source of the basemap does not answer with a picture", zh="底图服务未返回有效图片")

    def _require(self, z: int, x: int, y: int) -> None:
        if not self.is_on:
            raise NotFoundError("no_basemap", en="no basemap is configured", zh="未配置底图")
        low, high = self.settings.basemap_min_zoom, self.settings.basemap_max_zoom
        if not (low <= z <= high and 0 <= x < 1 << z and 0 <= y < 1 << z):
            raise NotFoundError(
                "basemap_outside_range",
                en="there is no such tile: z runs from {low} to {high}, x and y from 0 to 2^z - 1",
                zh="没有这样的瓦片：z 为 {low} 至 {high}，x、y 为 0 至 2^z - 1",
                low=low,
                high=high,
            )

    def _kept(self, path: Path) -> tuple[Picture | None, bool]:
        try:
            content, at = path.read_bytes(), path.stat().st_mtime
        except OSError:
            return None, False
        return picture_of(content), at > self._now() - self.settings.basemap_cache_days * _DAY_S

    def _ask(self, z: int, x: int, y: int) -> Picture | None:
        if not self._turns.acquire(timeout=WAIT_S):
            return None
        try:
            url = self._template
            for name, value in (("z", z), ("x", x), ("y", y), ("s", (x + y) % 8)):
                url = url.replace(f"{{{name}}}", str(value))
            got = self._fetch(url)
        finally:
            self._turns.release()
        return picture_of(got.content) if got.status == 200 and got.media_type in {kind for kind, _ in _KINDS} else None

    def _keep(self, path: Path, content: bytes) -> None:
        """Written aside and swapped in; without room on the disk the tile is passed on all the same."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
            aside.write_bytes(content)
            os.utime(aside, (self._now(), self._now()))
            os.replace(aside, path)
        except OSError:
            return
        with self._lock:
            if self._kept_bytes is None:
                self._kept_bytes = sum(size for _, size, _ in self._files())
            else:
                self._kept_bytes += len(content)
            if self._kept_bytes > self.settings.basemap_cache_mb * 1_000_000:
                self._thin()

    def _thin(self) -> None:
        """Throws away the oldest tiles until a fifth of the room is free."""
        files = sorted(self._files())
        total, most = sum(size for _, size, _ in files), self.settings.basemap_cache_mb * 800_000
        for _, size, path in files:
            if total <= most:
                break
            path.unlink(missing_ok=True)
            total -= size
        self._kept_bytes = total

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self._folder.rglob("*.tile"):
            try:
                stat = path.stat()
            except OSError:
                continue  # another process threw it away
            found.append((stat.st_mtime, stat.st_size, path))
        return found


def picture_of(content: bytes) -> Picture | None:
    """The picture that these bytes are, by how they begin; None for anything else, however it calls itself."""
    if not 0 < len(content) <= LARGEST_TILE:
        return None
    kind = next((kind for kind, start in _KINDS if content.startswith(start)), None)
    if kind == "image/webp" and content[8:12] != b"WEBP":
        return None
    return Picture(content, kind) if kind else None


def fetch_within(url: str, allowed: tuple[Network, ...]) -> Got:
    """A GET with this module's limits."""
    return fetch(url, allowed=allowed, largest=LARGEST_TILE)
