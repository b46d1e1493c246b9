"""The model city's service centres, compound stations and five-star compounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from boundaries.geometry import to_lonlat
from geo_service.demo.addresses import positions
from geo_service.demo.bulk import insert_rows
from geo_service.demo.chance import generator
from geo_service.demo.frames import CityFrames, read_data, text_or_none
from geo_service.demo.naming import phone
from geo_service.facilities.tables import facility

METRES_PER_DEGREE = 111_320.0
NEAR_M = 800.0
"""How far an address may be to serve as a facility's own."""


def fill_facilities(connection: Connection, city: CityFrames, *, seed: int, as_of: datetime) -> None:
    """Stores the facilities of the city; the table must be empty. as_of: not needed, facilities have no date.

    Service centres: of three districts, of every street and community (villages have none of their own). Stations and municipal
    demonstration stations: as many as the scale says, mostly in large compounds. Five-star compounds: all. What stands in a compound has
    the community's area_code, so that it is found with the community; the compound is named in the attributes.
    """
    del as_of
    rng = generator(seed, "facilities")
    addresses = Nearest(city)
    rows = [*_centres(city, addresses, rng), *_of_compounds(city, addresses, rng)]
    for number, row in enumerate(rows, start=1):
        row |= {"facility_id": number, "phone": phone("facility", number)}
    insert_rows(connection, facility, rows, key="facility_id")


class Nearest:
    """Address texts by place."""

    def __init__(self, city: CityFrames) -> None:
        table = city.addresses
        self._lons, self._lats = positions(table)
        numbered = [
            f"{road}{number.removesuffix('号')}号" if road and number else ""
            for road, number in zip(map(_text, table["road"]), map(_text, table["road_number"]), strict=True)
        ]
        self._texts = np.array(numbered, dtype=object)
        self._usable: NDArray[np.bool_] = np.array([bool(text) for text in numbered], dtype=bool)

    def text(self, *, lon: float, lat: float, otherwise: str) -> str:
        """Road and number of the nearest address, `otherwise` when none is near."""
        east = (self._lons - lon) * np.cos(np.radians(lat)) * METRES_PER_DEGREE
        away = np.where(self._usable, np.hypot(east, (self._lats - lat) * METRES_PER_DEGREE), np.inf)
        if not away.size or away.min() > NEAR_M:
            return otherwise
        return str(self._texts[int(np.argmin(away))])


def _text(value: object) -> str:
    return text_or_none(value) or ""


def _row(kind: str, level: str, code: str, name: str, *, lon: float, lat: float, address: str, hours: str) -> dict[str, Any]:
    data = read_data("facilities.json")
    return {
        "kind": kind,
        "level": level,
        "area_code": code,
        "name": data["name"][kind].format(name),
        "address": address,
        "opening_hours": hours,
        "demonstration": False,
        "five_star": False,
        "services": data["services"][kind if level == "compound" else level],
        "attributes": {},
        "lon": round(lon, 9),
        "lat": round(lat, 9),
    }


def _centres(city: CityFrames, addresses: Nearest, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    data = read_data("facilities.json")
    areas = city.areas
    named = {
        (level, code): (name, kind)
        for level, code, name, kind in zip(areas["level"], areas["code"], areas["name"], areas["kind"], strict=True)
    }
    left = int(data["service_centres_of_districts"])
    seats = city.seats
    for level, code, lon, lat in zip(seats["level"], seats["area_code"], seats["lon"], seats["lat"], strict=True):
        name, kind = named[level, code]
        if kind == "village" or (level == "district" and left == 0):
            continue
        left -= level == "district"
        hours = data["opening_hours"][level]
        chosen = hours if isinstance(hours, str) else hours[int(rng.integers(len(hours)))]
        address = addresses.text(lon=lon, lat=lat, otherwise=f"{name}驻地")
        row = _row("service_centre", level, code, name, lon=lon, lat=lat, address=address, hours=chosen)
        if level == "community":
            row["attributes"] = {"one_place_six_centres": True, "area_m2": int(rng.integers(18, 130) * 10)}
        yield row


def _of_compounds(city: CityFrames, addresses: Nearest, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    data, compounds = read_data("facilities.json"), city.compounds
    places = shapely.get_coordinates(to_lonlat(shapely.point_on_surface(compounds.geometry.to_numpy()), str(compounds.crs.to_string())))
    codes, homes, names, stars = (compounds[column].tolist() for column in ("code", "community_code", "name", "five_star"))
    texts = [addresses.text(lon=lon, lat=lat, otherwise=name) for (lon, lat), name in zip(places.tolist(), names, strict=True)]
    stations = min(len(codes), round(data["stations"] * city.scale))
    demonstrations = min(stations, round(data["demonstration_stations"] * city.scale))
    size = compounds["households"].to_numpy(dtype=np.float64) * rng.uniform(0.5, 1.5, len(codes))
    chosen = np.argsort(-size, kind="stable")[:stations]
    shown = set(rng.choice(chosen, size=demonstrations, replace=False).tolist()) if demonstrations else set()
    for i in sorted(chosen.tolist()):
        hours = data["opening_hours"]["station"]
        at, text = hours[int(rng.integers(len(hours)))], texts[i]
        row = _row("station", "compound", homes[i], names[i], lon=places[i][0], lat=places[i][1], address=text, hours=at)
        haves = {key: i in shown or bool(rng.random() < 0.9) for key in data["eight_haves"]}
        yield row | {"demonstration": i in shown, "five_star": bool(stars[i]), "attributes": {**haves, "compound_code": codes[i]}}
    for i in np.flatnonzero(np.array(stars, dtype=bool)).tolist():
        at, text = data["opening_hours"]["compound"], texts[i]
        row = _row("compound", "compound", homes[i], names[i], lon=places[i][0], lat=places[i][1], address=text, hours=at)
        yield row | {"five_star": True, "attributes": {"compound_code": codes[i], "households": int(compounds["households"].iloc[i])}}
