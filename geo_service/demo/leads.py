"""Which agency a topic goes to in which place."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.demo.frames import CityFrames, text_or_none
from geo_service.demo.topics import Topic
from geo_service.workers.tables import agency


class Leads:
    """The agencies of the database, found by topic and place."""

    def __init__(self, connection: Connection, city: CityFrames) -> None:
        rows = connection.execute(sa.select(agency.c.code, agency.c.name)).all()
        self._names = {row.code: row.name for row in rows}
        codes = {row.name: row.code for row in rows if row.code.startswith("firm-")}
        firms = zip(city.compounds["code"], map(text_or_none, city.compounds["property_firm"]), strict=True)
        self._firms = {compound: codes[firm] for compound, firm in firms if firm is not None}

    def lead(self, topic: Topic, areas: dict[str, str], compound: str) -> tuple[str, str]:
        """(code, name) of the agency that handles the topic there; areas: {level: code} of the place, compound: its code or ''.

        What nobody nearer does goes to the bureau of the city, at last to the city's own centre.
        """
        city, district = areas.get("city", ""), areas.get("district", "")
        level, _, key = topic.lead.partition(":")
        nearer = {"property": [self._firms.get(compound, ""), areas.get("community", "")], "community": [areas.get("community", "")]}
        wanted = [*nearer.get(level, []), areas.get("street", "")] if not key else [f"{district}-{key}", f"{city}-{key}"]
        for code in [*(wanted if level != "city" else wanted[1:]), f"{city}-centre"]:
            if code in self._names:
                return code, self._names[code]
        return "none", ""
