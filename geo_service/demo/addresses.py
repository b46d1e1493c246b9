"""The model city's address table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from boundaries.datum import to_wgs84
from geo_service.demo.bulk import insert_rows
from geo_service.demo.frames import CityFrames, text_or_none
from geo_service.geocoding.tables import address

_TEXTS = ("community_code", "compound_code", "compound_name", "road", "road_number", "building", "stairwell")


def fill_addresses(connection: Connection, city: CityFrames) -> None:
    """Stores every address row of the city. The table must be empty."""
    insert_rows(connection, address, list(_rows(city.addresses)), key="address_id")


def positions(addresses: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """(lons, lats) of the rows in WGS-84 degrees with 9 decimals, whatever datum each row is in. DatumError for an unknown one."""
    lons = addresses["lon"].to_numpy(dtype=np.float64).copy()
    lats = addresses["lat"].to_numpy(dtype=np.float64).copy()
    datums = addresses["datum"].to_numpy(dtype=object)
    for datum in sorted(set(datums.tolist())):
        rows = datums == datum
        lons[rows], lats[rows] = to_wgs84(lons=lons[rows], lats=lats[rows], datum=datum)
    return np.round(lons, 9), np.round(lats, 9)


def _rows(addresses: pd.DataFrame) -> Iterator[dict[str, Any]]:
    lons, lats = positions(addresses)
    texts = {name: [text_or_none(value) or "" for value in addresses[name]] for name in _TEXTS}
    micro_grids = [text_or_none(value) for value in addresses["micro_grid_code"]]
    floors = {name: [None if pd.isna(value) else int(value) for value in addresses[name]] for name in ("floor_from", "floor_to")}
    numbers = zip(addresses["address_id"].tolist(), addresses["households"].tolist(), lons.tolist(), lats.tolist(), strict=True)
    for i, (address_id, households, lon, lat) in enumerate(numbers):
        yield {
            "address_id": int(address_id),
            **{name: column[i] for name, column in texts.items()},
            "floor_from": floors["floor_from"][i],
            "floor_to": floors["floor_to"][i],
            "households": int(households),
            "lon": lon,
            "lat": lat,
            "micro_grid_code": micro_grids[i],
        }
