"""Who takes part when a hard matter is played: the bureaus of the district, the office of the street."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.demo.dispatching import Clocks
from geo_service.demo.frames import read_data
from geo_service.demo.histories import Told
from geo_service.demo.play import Play
from geo_service.published import Published
from geo_service.workers.tables import agency

ASKED = 3
"""How many bureaus are asked besides the lead."""


class Plays:
    """Plays on cases of one city."""

    def __init__(self, connection: Connection, published: Published, clocks: Clocks) -> None:
        self._connection, self._published, self._clocks = connection, published, clocks
        self._agencies = set(connection.execute(sa.select(agency.c.code)).scalars())

    def on(self, told: Told, areas: Mapping[str, str], number: int) -> Play:
        """The play on one case, the `number`-th of its plot."""
        bureaus: list[str] = read_data("hard.json")["bureaus"]
        turned = [bureaus[(number + i) % len(bureaus)] for i in range(len(bureaus))]
        codes = [f"{told.district}-{bureau}" for bureau in turned]
        asked = [f"agency:{code}" for code in codes if code in self._agencies and f"agency:{code}" != told.lead.owner][:ASKED]
        street = areas.get("street")
        office = f"agency:{street}" if street in self._agencies else told.instead
        others = asked if office == told.lead.owner else [*asked, office]
        return Play(
            connection=self._connection,
            published=self._published,
            clocks=self._clocks,
            case_id=told.case_id,
            number=number,
            district=told.district,
            instead=told.instead,
            others=tuple(others),
            street=office,
        )
