"""What the app is made of, handed to every story: settings, clock, database, the published generation, the geocoder."""

from __future__ import annotations

import threading

from sqlalchemy import Connection

from boundaries.editing.points import PointLayer
from geo_service.clock import Clock
from geo_service.db import Database
from geo_service.drafts import Room
from geo_service.geocoding import Geocoder, Place, address_points, load_gazetteer
from geo_service.published import Holder, Published, Pyramids
from geo_service.settings import Settings


class Wiring:
    """The parts of a running service. One a process; safe to use from many threads."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self.settings = settings
        self.database = database
        self.clock = clock
        self.published = Holder(database, index_dir=settings.storage.data_dir / "index")
        self.pyramids = Pyramids(database, settings.storage.data_dir / "tiles")
        self.wanted = threading.Event()  # set when background work was asked for: the loop of this process need not wait to look
        self.drafts = Room(lambda connection, _: self.households_layer(connection))
        self._households: PointLayer | None = None
        self._geocoder: tuple[int | None, Geocoder] | None = None
        self._loading = threading.Lock()
        self._places: tuple[int, list[Place]] = (-1, [])

    def geocoder(self) -> Geocoder:
        """The geocoder over the city's address table, read on first use and again for another generation: addresses follow the codes
        of their areas when one comes into force."""
        known = self.published.known()
        number = known.number if known else None
        if self._geocoder is None or self._geocoder[0] != number:
            with self._loading:
                if self._geocoder is None or self._geocoder[0] != number:
                    with self.database.reading() as connection:
                        self._geocoder = number, load_gazetteer(connection)
        return self._geocoder[1]

    def households_layer(self, connection: Connection) -> PointLayer:
        """The address table as a layer of points weighted by households, read once."""
        if self._households is None:
            rows = address_points(connection)
            ids = [row.address_id for row in rows]
            lons, lats = [row.lon for row in rows], [row.lat for row in rows]
            self._households = PointLayer("households", ids, lons=lons, lats=lats, weights=[row.households for row in rows])
        return self._households

    def places(self, published: Published) -> list[Place]:
        """The names of the areas that may stand in an address: communities, streets, districts of a generation."""
        number, places = self._places
        if number != published.number:
            named = ("community", "street", "district")
            places = [Place(a.level, a.code, a.name) for a in published.areas.values() if a.level in named]
            self._places = (published.number, places)
        return places
