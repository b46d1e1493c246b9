"""Centres, stations and five-star compounds stand where their area is."""

from collections import Counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.demo.frames import read_data
from geo_service.facilities import all_facilities
from geo_service.facilities.tables import facility


def test_every_street_and_community_has_its_centre_and_villages_none(filled: Any, connection: Connection) -> None:
    areas = filled.city.areas
    centres = [f for f in all_facilities(connection) if f["kind"] == "service_centre"]
    assert Counter(f["level"] for f in centres) == {"district": 2, "street": 2, "community": 6}
    expected = set(areas.loc[areas["level"].isin(["district", "street"]) | (areas["kind"] == "community"), "code"])
    assert {f["area_code"] for f in centres} == expected
    for centre in centres:
        if centre["level"] == "community":
            assert len(centre["services"]) == 6
            position = filled.published.index.locate(lon=centre["lon"], lat=centre["lat"])
            assert filled.published.leaves[position].code.startswith(centre["area_code"])


def test_stations_have_eight_functions_and_say_which_of_the_eight_they_have(filled: Any, connection: Connection) -> None:
    stations = [f for f in all_facilities(connection) if f["kind"] == "station"]
    assert len(stations) == min(12, round(300 * filled.city.scale))
    shown = [f for f in stations if f["demonstration"]]
    assert len(shown) == round(40 * filled.city.scale)
    haves = set(read_data("facilities.json")["eight_haves"])
    assert len(haves) == 8
    for station in stations:
        assert len(station["services"]) == 8
        assert haves <= station["attributes"].keys()
        assert {type(station["attributes"][key]) for key in haves} == {bool}
    assert all(all(f["attributes"][key] for key in haves) for f in shown)


def test_five_star_compounds_are_listed(filled: Any, connection: Connection) -> None:
    stars = [f for f in all_facilities(connection) if f["kind"] == "compound"]
    assert {f["attributes"]["compound_code"] for f in stars} == {"XQ000000000003", "XQ000000000008"}
    assert all(f["five_star"] for f in stars)


def test_all_have_an_address_hours_and_a_number_nobody_can_dial(connection: Connection) -> None:
    everything = all_facilities(connection)
    assert all(f["address"] and f["opening_hours"] for f in everything)
    assert len({f["phone"] for f in everything}) == len(everything)
    assert all(f["phone"].startswith("0353-00") for f in everything)
    in_town = [f for f in everything if f["kind"] == "station"]
    assert all(f["address"].endswith("号") and "号号" not in f["address"] for f in in_town)


def test_the_next_facility_gets_the_next_number(connection: Connection) -> None:
    row = dict(connection.execute(sa.select(facility).where(facility.c.facility_id == 1)).one()._mapping)
    del row["facility_id"]
    largest = connection.execute(sa.select(sa.func.max(facility.c.facility_id))).scalar_one()
    assert connection.execute(sa.insert(facility).values(row).returning(facility.c.facility_id)).scalar_one() == largest + 1
