"""One published generation in memory: the router's index and the areas around each leaf. Immutable once made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from boundaries.errors import IndexFileError
from boundaries.model import AreaVersion, Generation
from boundaries.router import Index
from boundaries.store.leaves import leaf_polygons
from boundaries.store.repository import City, generation, members, read_city
from geo_service.errors import SetupError


@dataclass(frozen=True)
class Published:
    """What one generation answers with.

    leaves[i] is the area of the index's position i. sharers: position -> the micro-grids without a face of their own that share it.
    households: (n,) float64, those of a leaf and of all its sharers together, one added for each.
    """

    generation: Generation
    city: City
    index: Index
    leaves: tuple[AreaVersion, ...]
    sharers: MappingProxyType[int, tuple[AreaVersion, ...]]
    households: npt.NDArray[np.float64]
    areas: MappingProxyType[int, AreaVersion]
    by_code: MappingProxyType[str, AreaVersion]

    @property
    def number(self) -> int:
        return self.generation.number

    def finest_first(self, areas: Mapping[str, str]) -> list[tuple[str, str]]:
        """(level, code) pairs of a place as a case recorded it, finest level first. A database may have lost the order of its keys."""
        rank = {level.name: level.rank or 0 for level in self.city.ladder}
        return sorted(areas.items(), key=lambda pair: -rank.get(pair[0], -1))

    def chain(self, area: AreaVersion) -> list[AreaVersion]:
        """The area and everything above it, finest first."""
        up = [area]
        while up[-1].parent_id is not None:
            up.append(self.areas[up[-1].parent_id])
        return up


def load_published(connection: Connection, number: int, *, index_dir: Path | None) -> Published:
    """Reads a generation from the database and builds its index, or maps the one saved in `index_dir`.

    A saved index that is damaged or of other areas is built anew and replaced.
    """
    record, city = generation(connection, number), read_city(connection)
    if city is None:
        raise SetupError(
            "no_city", en="this database holds no city yet: run citygrid init", zh="数据库中还没有城市：请先运行 citygrid init"
        )
    everything = members(connection, number)
    areas = {member.area_id: member for member in everything}
    index, owners = _index(record, city, everything, index_dir)
    leaves = tuple(owners[code] for code in index.codes)
    position = {leaf.area_id: i for i, leaf in enumerate(leaves)}
    shared: dict[int, list[AreaVersion]] = {}
    for member in everything:
        if member.shares_face_of is not None:
            shared.setdefault(position[member.shares_face_of], []).append(member)
    households = np.array([leaf.households for leaf in leaves], dtype=np.float64)
    for at, others in shared.items():
        households[at] += sum(other.households + 1 for other in others)
    return Published(
        generation=record,
        city=city,
        index=index,
        leaves=leaves,
        sharers=MappingProxyType({at: tuple(sorted(others, key=lambda a: a.code)) for at, others in shared.items()}),
        households=households,
        areas=MappingProxyType(areas),
        by_code=MappingProxyType({member.code: member for member in reversed(everything)}),
    )


def _index(record: Generation, city: City, everything: list[AreaVersion], index_dir: Path | None) -> tuple[Index, dict[str, AreaVersion]]:
    ladder = {level.name for level in city.ladder}
    owners = {a.code: a for a in everything if a.geometry is not None and a.level in ladder}
    path = index_dir / f"{record.number}-{record.content_hash[:16]}.router" if index_dir else None
    if path is not None and path.exists():
        try:
            saved = Index.load(path)
            if set(saved.codes) == owners.keys():
                return saved, owners
        except IndexFileError:
            pass  # built anew below: the database is the record, the file a copy
    shaped = leaf_polygons(everything, city.metric_crs, levels=city.levels)
    index = Index.build(shaped.polygons, shaped.codes, generation=record.number)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        index.save(path)
    return index, owners
