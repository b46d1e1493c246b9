"""The address table is the city's, in WGS-84, with numbers the geocoder can read."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.datum import point_from_wgs84
from boundaries.errors import DatumError
from geo_service.demo.addresses import positions
from geo_service.geocoding.gazetteer import load_gazetteer
from geo_service.geocoding.tables import address


def test_every_row_is_there(filled: Any, connection: Connection) -> None:
    table = filled.city.addresses
    rows = {row.address_id: row for row in connection.execute(sa.select(address))}
    assert sorted(rows) == sorted(table["address_id"])
    first = table.iloc[1]
    row = rows[int(first["address_id"])]
    assert (row.compound_name, row.building, row.stairwell) == (first["compound_name"], first["building"], first["stairwell"])
    assert (row.lon, row.lat) == (pytest.approx(first["lon"], abs=1e-9), pytest.approx(first["lat"], abs=1e-9))
    assert int(sum(row.households for row in rows.values())) == int(table["households"].sum())


def test_the_geocoder_understands_house_numbers_and_stairwells(connection: Connection) -> None:
    gazetteer = load_gazetteer(connection)
    assert gazetteer.geocode("1号街1号", places=[])[0].level == "road_number"
    found = gazetteer.geocode("方格甲小区5号楼2单元", places=[])[0]
    assert (found.level, found.leaf_codes) == ("stairwell", ("14990100100100106",))


def test_rows_in_another_datum_are_converted(city: Any) -> None:
    frame = city.addresses.head(2).copy()
    x, y = point_from_wgs84(lon=float(frame["lon"].iloc[1]), lat=float(frame["lat"].iloc[1]), datum="gcj02")
    shifted = pd.concat([frame.head(1), frame.tail(1).assign(lon=x, lat=y, datum="gcj02")])
    lons, lats = positions(shifted)
    assert lons == pytest.approx(frame["lon"].to_numpy(), abs=2e-9)
    assert lats == pytest.approx(frame["lat"].to_numpy(), abs=2e-9)
    with pytest.raises(DatumError):
        positions(replace(city, addresses=frame.assign(datum="unknown")).addresses)
