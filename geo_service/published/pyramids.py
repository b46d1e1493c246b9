"""The tile pyramids of generations: built once a machine, kept as files, served from memory."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.errors import IndexFileError
from boundaries.model import Generation
from boundaries.pyramid import FORMAT, Pyramid, build, pack
from boundaries.store.city import City
from boundaries.store.repository import current_number, generation, generation_unknown, members, require_city
from boundaries.store.tables import generation_member
from geo_service.db import Database

KEPT = 6
"""Pyramids kept in memory; one of a whole city takes about 4 MB."""
_LARGEST_NUMBER = 2_000_000_000


@dataclass(frozen=True)
class Drawn:
    """A generation's tiles. published: it is or was in force. digest: equal digests have equal tiles."""

    number: int
    published: bool
    digest: str
    pyramid: Pyramid


class Pyramids:
    """Hands out pyramids. Safe to use from many threads; processes that share the folder share the files."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._kept: OrderedDict[int, Drawn] = OrderedDict()
        self._loading = threading.Lock()

    def kept(self, number: int) -> Drawn | None:
        """The pyramid if it is in memory; takes no time."""
        return self._kept.get(number)

    def of(self, number: int, *, progress: Callable[[float], None] = lambda _: None) -> Drawn:
        """The pyramid of any generation: from memory, from its file, else built (some seconds for a whole city) and saved.

        Who asks meanwhile waits for the one that builds, in other processes too. progress is told the share done of a build.
        GenerationError `generation_unknown`.
        """
        with self._database.reading() as connection:
            record, digest = _identity(connection, number)
        found = self._kept.get(number)
        if found is None or found.digest != digest:
            with self._loading:
                found = self._kept.get(number)
                if found is None or found.digest != digest:
                    found = Drawn(number, False, digest, self._pyramid(number, digest, progress))
        drawn = Drawn(number, record.status == "published", digest, found.pyramid)
        with self._loading:
            self._kept[number] = drawn
            self._kept.move_to_end(number)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return drawn

    def current_number(self) -> int | None:
        """The generation in force as the database knows it."""
        with self._database.reading() as connection:
            return current_number(connection)

    def make_sure(self, number: int) -> bool:
        """Sees to it that the file of a generation is there; whether it had to be built."""
        with self._database.reading() as connection:
            _, digest = _identity(connection, number)
        if self._path(digest).exists():
            return False
        self.of(number)
        return True

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}.pmtiles"

    def _pyramid(self, number: int, digest: str, progress: Callable[[float], None]) -> Pyramid:
        path = self._path(digest)
        if (saved := _read(path)) is not None:
            return saved
        with _alone(self._folder):
            if (saved := _read(path)) is not None:  # another process built it while this one waited
                return saved
            with self._database.reading() as connection:
                everything, city = members(connection, number), require_city(connection)
            made = build(everything, levels=city.levels, metric_crs=city.metric_crs, progress=progress)
            _write(path, pack(made))
            return made


def _identity(connection: Connection, number: int) -> tuple[Generation, str]:
    """(the record, a digest of all that its tiles depend on): areas with their identities, levels, the form of tiles."""
    if not 0 < number < _LARGEST_NUMBER:
        raise generation_unknown(number)
    record, city = generation(connection, number), require_city(connection)
    member = generation_member.c
    versions = connection.execute(sa.select(member.version_id).where(member.number == number).order_by(member.version_id)).scalars()
    listed = ",".join(map(str, versions))
    return record, hashlib.sha256(f"{FORMAT}|{_described(city)}|{record.content_hash}|{listed}".encode()).hexdigest()[:32]


def _described(city: City) -> str:
    return repr([(level.name, level.rank, level.leaf, level.shown_from_zoom) for level in city.levels]) + city.metric_crs


def _read(path: Path) -> Pyramid | None:
    """The pyramid in a file, None when there is none or it is damaged: the database is the record, the file a copy."""
    try:
        return Pyramid.unpack(path.read_bytes())
    except FileNotFoundError:
        return None
    except IndexFileError:
        path.unlink(missing_ok=True)
        return None


def _write(path: Path, content: bytes) -> None:
    """Swapped in whole: who reads sees all of it or nothing."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        aside.write_bytes(content)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One builder a folder; the system frees the lock when a process dies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
