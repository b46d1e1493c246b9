"""The library with a database behind it: what `boundaries.open` returns, and the only place of `boundaries` that commits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import geopandas
from geopandas import GeoDataFrame
from sqlalchemy import Connection
from sqlalchemy.engine import URL

from boundaries import checks
from boundaries.datum import check_datum
from boundaries.errors import GenerationError
from boundaries.geometry import LONLAT
from boundaries.model import Defect, Generation, Level
from boundaries.router import Index
from boundaries.store import publish as publishing
from boundaries.store import repository, tables
from boundaries.store.city import AUTO, City
from boundaries.store.engine import Engines, database_url, make_engines
from boundaries.store.importing import Assembled
from boundaries.store.leaves import parent_shapes
from boundaries.store.lookup import Location, Lookup, build_lookup, locate
from boundaries.store.proof import prove
from boundaries.store.refusals import store_error, store_errors

__all__ = ["Library", "open_library"]

_KEPT_LOOKUPS = 3


def open_library(url: str | URL, *, create: bool = False) -> Library:
    """The library on a database; see `boundaries.open`, which is this."""
    address = database_url(url)
    if not create and address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        raise store_error("store_not_prepared")  # else SQLite would leave an empty file behind
    library = Library(make_engines(address))
    try:
        if create:
            library.create()
        else:
            library.check()
    except BaseException:
        library.close()
        raise
    return library


class Library:
    """One city in one database: its generations, who is where, and its areas as frames.

    Every method is one transaction: it is done, or nothing is. Reading methods may be called from several threads. Use it as a
    context manager, or `close` it.
    """

    def __init__(self, engines: Engines) -> None:
        self.engines = engines
        self._lookups: dict[int, Lookup] = {}

    def __enter__(self) -> Library:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database connections."""
        self.engines.dispose()

    def create(self) -> None:
        """Makes the tables where they are missing: for use without the service, whose migrations do it otherwise."""
        with self._writing() as connection:
            tables.create_all(connection)

    def check(self) -> None:
        """Nothing, when the database has our tables. Raises StoreError `store_not_prepared`."""
        with self._reading() as connection:
            repository.read_city(connection)

    def init_city(self, *, name: str, division_code: str, levels: Sequence[Level], metric_crs: str = AUTO, timezone: str) -> City:
        """Founds the city of an empty database. Errors as `boundaries.store.city.write_city`."""
        with self._writing() as connection:
            return repository.write_city(
                connection,
                name=name,
                division_code=division_code,
                metric_crs=metric_crs,
                timezone=timezone,
                levels=levels,
                at=_now(),
            )

    @property
    def city(self) -> City:
        """The city of this database. Raises StoreError `city_missing`."""
        with self._reading() as connection:
            return repository.require_city(connection)

    def import_areas(
        self,
        areas: GeoDataFrame | Assembled,
        *,
        actor: str,
        source: str = "frame",
        datum: str = "wgs84",
        defects: Sequence[Defect] = (),
        at: dt.datetime | None = None,
    ) -> Generation:
        """A new generation of these areas on top of the one in force; it answers nothing until it is published.

        areas: what `read_layers` assembled (source, datum and defects are then its own), or a frame in the city's metric system
        with columns code, level, parent_code, geometry and, where known, kind, name, shares_face_of, households. The proof that the
        leaves fit together is made and `boundaries.checks` are run here; what they find is in `defects(number)`. Errors as
        `boundaries.store.repository.add_generation`.
        """
        city = self.city
        if not isinstance(areas, Assembled):
            metric_crs = areas.crs.to_string() if city.metric_crs == AUTO and areas.crs is not None else city.metric_crs
            proven = prove(areas, metric_crs=metric_crs, levels=city.levels)
            found = checks.run(_with_leaves_marked(areas), levels=city.levels)
            areas = Assembled(areas, [*proven.defects, *defects, *found], metric_crs, source, check_datum(datum), proven.proof)
        with self._writing() as connection:
            return repository.add_generation(
                connection,
                areas=areas.areas,
                source=areas.source,
                datum=areas.datum,
                metric_crs=areas.metric_crs,
                actor=actor,
                at=at or _now(),
                parent=repository.current_number(connection),
                proof=areas.proof,
                defects=areas.defects,
            )

    def publish(self, number: int, *, actor: str, at: dt.datetime | None = None) -> Generation:
        """Puts a generation in force. Errors as `boundaries.store.publish.publish`."""
        with self._writing() as connection:
            return publishing.publish(connection, number=number, actor=actor, at=at or _now())

    def generations(self) -> list[Generation]:
        """All generations, by number."""
        with self._reading() as connection:
            return repository.generations(connection)

    def generation(self, number: int | None = None, *, at: dt.datetime | None = None) -> Generation:
        """The generation of that number, the one in force at that instant, or (neither given) the one in force now.

        Raises GenerationError `generation_unknown`, `generation_none_at`, `generation_none_published`.
        """
        with self._reading() as connection:
            return _chosen(connection, number, at)

    def defects(self, number: int | None = None) -> list[Defect]:
        """What the checks found in a generation (None: the one in force)."""
        with self._reading() as connection:
            return repository.defects(connection, _chosen(connection, number, None).number)

    def index(self, number: int | None = None) -> Index:
        """The router of a generation (None: the one in force), kept in memory for the next call."""
        return self.lookup(number).index

    def lookup(self, number: int | None = None, *, at: dt.datetime | None = None) -> Lookup:
        """A generation in memory: router, members and leaves; `index` positions are positions of `leaves`."""
        with self._reading() as connection:
            if at is None and number is None:
                number = repository.current_number(connection)  # all that is asked of the database when the lookup is kept
            if at is None and number in self._lookups:
                return self._lookups[number]
            chosen = _chosen(connection, number, at)
            if found := self._lookups.get(chosen.number):
                return found
            city = repository.require_city(connection)
            members = repository.members(connection, chosen.number)
        made = build_lookup(members, chosen.metric_crs, levels=city.levels, generation=chosen.number)
        self._lookups = {**dict(list(self._lookups.items())[1 - _KEPT_LOOKUPS :]), chosen.number: made}
        return made

    def locate(
        self,
        *,
        lon: float,
        lat: float,
        datum: str,
        accuracy_m: float | None = None,
        generation: int | None = None,
        at: dt.datetime | None = None,
    ) -> Location:
        """Where a point is: leaf, everything above it, and other leaves it may mean.

        datum: wgs84, cgcs2000, gcj02 or bd09, never assumed. accuracy_m: radius that holds the true point with 68 %. generation, at:
        as in `generation`. Outside the city is an answer, not an error. Raises DatumError, CoordinateError, GenerationError.
        """
        return locate(self.lookup(generation, at=at), lon=lon, lat=lat, datum=datum, accuracy_m=accuracy_m)

    def areas(self, level: str | None = None, *, generation: int | None = None) -> GeoDataFrame:
        """The areas of a generation (None: in force) as a frame in WGS-84 lon/lat, parents with the union of their leaves.

        Columns: code, level, kind, name, parent_code, households, shares_face_of; None where there is no parent or face owner, and
        no geometry for parents without leaves and for leaves that share another's face. Raises CodeError `level_unknown`, GenerationError.
        """
        with self._reading() as connection:
            chosen = _chosen(connection, generation, None)
            city = repository.require_city(connection)
            members = repository.members(connection, chosen.number)
        if level is not None:
            city.level(level)
        shapes = parent_shapes(members, chosen.metric_crs, levels=city.levels)
        codes: dict[int | None, str] = {area.area_id: area.code for area in members}
        wanted = [area for area in members if level in (None, area.level)]
        columns: dict[str, list[Any]] = {
            "code": [area.code for area in wanted],
            "level": [area.level for area in wanted],
            "kind": [area.kind for area in wanted],
            "name": [area.name for area in wanted],
            "parent_code": [codes.get(area.parent_id) for area in wanted],
            "households": [area.households for area in wanted],
            "shares_face_of": [codes.get(area.shares_face_of) for area in wanted],
        }
        return geopandas.GeoDataFrame(columns, geometry=[shapes.get(area.area_id) for area in wanted], crs=LONLAT)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with store_errors(), self.engines.write.begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with store_errors(), self.engines.read.connect() as connection:
            yield connection


def _chosen(connection: Connection, number: int | None, at: dt.datetime | None) -> Generation:
    if at is not None:
        return repository.generation_at(connection, at)
    chosen = repository.current_number(connection) if number is None else number
    if chosen is None:
        raise GenerationError("generation_none_published", en="No generation has been published yet.", zh="尚未发布任何版本。")
    return repository.generation(connection, chosen)


def _with_leaves_marked(areas: GeoDataFrame) -> GeoDataFrame:
    shares = areas["shares_face_of"].notna() if "shares_face_of" in areas.columns else False
    return areas.assign(leaf=areas.geometry.notna() | shares)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
