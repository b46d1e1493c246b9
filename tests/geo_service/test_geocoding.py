"""An address text is understood as deep as it goes and no deeper, however it is written."""

import pytest

from geo_service.geocoding import AddressRow, Gazetteer, Place
from geo_service.geocoding.parsing import normalise, number, number_key, road_number, tail
from tests import city

PLACES = [
    Place("district", "149901", "测试区"),
    Place("street", city.STREET, "测试街道"),
    Place("community", city.A, "甲社区"),
    Place("community", city.B, "乙社区"),
]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    rows = city.addresses()
    twin = {**rows[3], "address_id": 5, "compound_code": "C9", "compound_name": "阳光小区", "community_code": city.B}
    return Gazetteer([AddressRow(**row) for row in [*rows, twin]])


@pytest.mark.parametrize(
    ("text", "level", "leaf"),
    [
        ("测试区测试街道甲社区阳光小区2号楼2单元301", "stairwell", f"{city.A1}03"),
        ("甲社区 阳光小区２＃楼１单元", "stairwell", f"{city.A1}02"),
        ("甲社区阳光小区二栋二单元", "stairwell", f"{city.A1}03"),
        ("甲社区，阳光小区，1幢", "building", f"{city.A1}01"),
        ("月华苑3号楼一单元5层", "stairwell", f"{city.B1}01"),
        ("光明路20号", "road_number", f"{city.B1}01"),
        ("月华苑", "compound", f"{city.B1}01"),
        ("月华苑99号楼", "compound", f"{city.B1}01"),  # a building nobody knows: the compound is what was understood
    ],
)
def test_the_same_home_in_many_spellings(gazetteer: Gazetteer, text: str, level: str, leaf: str) -> None:
    best = gazetteer.geocode(text, places=PLACES)[0]
    assert (best.level, best.leaf_codes) == (level, (leaf,))


def test_a_name_that_two_compounds_bear_gives_both_and_the_community_named_ranks_first(gazetteer: Gazetteer) -> None:
    plain = gazetteer.geocode("阳光小区", places=PLACES)
    assert [m.area_code for m in plain] == [city.A, city.B]
    assert [m.area_code for m in gazetteer.geocode("乙社区阳光小区", places=PLACES)] == [city.B, city.A]


def test_areas_are_understood_when_nothing_finer_is_and_nonsense_is_not(gazetteer: Gazetteer) -> None:
    assert [(m.level, m.area_code) for m in gazetteer.geocode("测试街道甲社区门口", places=PLACES)] == [("community", city.A)]
    assert [(m.level, m.area_code) for m in gazetteer.geocode("测试街道附近", places=PLACES)] == [("street", city.STREET)]
    assert gazetteer.geocode("不知道在哪里", places=PLACES) == []
    assert Gazetteer([]).geocode("阳光小区", places=[]) == []


def test_reverse_names_the_nearest_addresses_first(gazetteer: Gazetteer) -> None:
    lon, lat = city.lonlat(149, 50)
    near = gazetteer.reverse(lon=lon, lat=lat, within_m=60, limit=5)
    assert [n.row.address_id for n in near] == [2, 3]
    assert [round(n.distance_m, 1) for n in near] == pytest.approx([1.0, 3.0], abs=0.1)
    assert gazetteer.reverse(lon=lon + 1, lat=lat, within_m=60, limit=5) == []


def test_row_houses_and_the_groups_of_a_village_are_buildings() -> None:
    rows = city.addresses()
    row_house = {**rows[0], "address_id": 6, "compound_name": "老院", "building": "5排", "stairwell": ""}
    group = {**rows[3], "address_id": 7, "compound_code": "", "compound_name": "丙村", "building": "第2组", "stairwell": ""}
    drain = {**row_house, "address_id": 8, "building": "2排", "micro_grid_code": f"{city.A2}01"}
    found = Gazetteer([AddressRow(**row) for row in (row_house, drain, group)])
    for text, level, address_id in (
        ("老院5排", "building", 6),
        ("老院第五排3户", "building", 6),
        ("老院 ５ 排东头", "building", 6),
        ("丙村第二组", "building", 7),
        ("丙村2组村口", "building", 7),
    ):
        match = found.geocode(text, places=PLACES)[0]
        assert (match.level, match.address_ids) == (level, (address_id,)), text
    assert found.geocode("老院2排水管堵了", places=PLACES)[0].level == "compound"  # two drains, not the second row
    assert found.geocode("丙村2组织活动", places=PLACES)[0].level == "compound"


@pytest.mark.parametrize(
    ("text", "value"), [("3", 3), ("十", 10), ("十二", 12), ("二十三", 23), ("一百零五", 105), ("两", 2), ("甲", None), ("", None)]
)
def test_numbers_in_both_scripts(text: str, value: int | None) -> None:
    assert number(text) == value


def test_the_tail_of_an_address() -> None:
    parts = tail(normalise("3号楼2单元501室"))
    assert (parts.building, parts.stairwell, parts.floor) == ("3", "2", 5)
    parts = tail(normalise("十二栋"))
    assert (parts.building, parts.stairwell, parts.floor) == ("12", "", None)
    assert number_key("３号楼") == "3"
    assert number_key("甲楼") == "甲楼"
    assert road_number("12号院") == ""
    assert road_number("12号附近") == "12"
