"""One published generation in memory, with its record and its city. Immutable once made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from boundaries.errors import IndexFileError
from boundaries.model import AreaVersion, Generation
from boundaries.router import Index
from boundaries.store.city import City
from boundaries.store.lookup import Lookup, build_lookup
from boundaries.store.repository import generation, members, require_city


@dataclass(frozen=True)
class Published:
    """What one generation answers with."""

    generation: Generation
    city: City
    lookup: Lookup

    @property
    def number(self) -> int:
        return self.generation.number

    @property
    def index(self) -> Index:
        return self.lookup.index

    @property
    def leaves(self) -> tuple[AreaVersion, ...]:
        return self.lookup.leaves

    @property
    def areas(self) -> Mapping[int, AreaVersion]:
        return self.lookup.by_id

    @property
    def by_code(self) -> Mapping[str, AreaVersion]:
        return self.lookup.by_code

    def chain(self, area: AreaVersion) -> list[AreaVersion]:
        """The area and everything above it, finest first."""
        return self.lookup.chain(area)

    def finest_first(self, areas: Mapping[str, str]) -> list[tuple[str, str]]:
        """(level, code) pairs of a place as a case recorded it, finest level first. A database may have lost the order of its keys."""
        rank = {level.name: level.rank or 0 for level in self.city.ladder}
        return sorted(areas.items(), key=lambda pair: -rank.get(pair[0], -1))


def load_published(connection: Connection, number: int, *, index_dir: Path | None) -> Published:
    """Reads a generation from the database and builds its index, or maps the one saved in `index_dir`.

    A saved index that is damaged or of other areas is built anew and replaced: the database is the record, the file a copy.
    """
    record, city = generation(connection, number), require_city(connection)
    everything = members(connection, number)
    path = index_dir / f"{record.content_hash[:32]}.router" if index_dir else None  # equal hashes route alike
    if path is not None and path.exists():
        try:
            saved = Index.load(path)
            return Published(record, city, build_lookup(everything, city.metric_crs, levels=city.levels, generation=number, index=saved))
        except IndexFileError:
            path.unlink(missing_ok=True)
    lookup = build_lookup(everything, city.metric_crs, levels=city.levels, generation=number)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        lookup.index.save(path)
    return Published(record, city, lookup)
