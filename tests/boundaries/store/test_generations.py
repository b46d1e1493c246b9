"""Generations: what is added comes back, identity outlives versions, and unchanged areas keep theirs."""

import datetime as dt
from collections.abc import Callable

import geopandas
import numpy as np
import pytest
import shapely
from sqlalchemy import func, select

from boundaries.checks.proposals import proposal
from boundaries.errors import BoundariesError, CodeError, CrsError, DatumError, GenerationError, StoreError
from boundaries.model import AreaVersion, Defect
from boundaries.store import repository, tables
from boundaries.store.documents import defects_from_json, defects_to_json
from boundaries.store.engine import Engines

Frame = geopandas.GeoDataFrame
Add = Callable[..., int]


def members(engines: Engines, number: int) -> dict[str, AreaVersion]:
    with engines.read.connect() as connection:
        return {area.code: area for area in repository.members(connection, number)}


def test_the_areas_come_back(city: Engines, add: Add, tiny_frame: Frame, noon: dt.datetime) -> None:
    number = add()
    found = members(city, number)
    codes = ["140300", "140302", "140303", "140302001", "140303001", "140303200", "G1", "G2", "G3", "G4", "G5", "K1"]
    assert list(found) == codes  # by rank, then code; beside the ladder last
    for row in tiny_frame.itertuples():
        area = found[row.code]
        assert (area.level, area.kind, area.name, area.households) == (row.level, row.kind, row.name, row.households)
        assert (area.geometry is None) == (row.geometry is None)
        if row.geometry is not None:
            assert shapely.equals_exact(area.geometry, row.geometry, 0.0)
            assert shapely.get_srid(area.geometry) == 4547
    assert found["G1"].parent_id == found["140302001"].area_id
    assert found["G5"].shares_face_of == found["G4"].area_id
    with city.read.connect() as connection:
        record = repository.generation(connection, number)
        assert repository.generations(connection) == [record]
    assert (record.status, record.kind, record.parent, record.source, record.created_at) == ("imported", "import", None, "hand", noon)
    assert record.proof["content_hash"] == record.content_hash


def test_boxes_are_kept_beside_the_shapes(city: Engines, add: Add) -> None:
    add()
    version = tables.area_version.c
    with city.read.connect() as connection:
        box = connection.execute(
            select(version.min_x, version.min_y, version.max_x, version.max_y).where(version.code.in_(["G1", "G5"])).order_by(version.code)
        )
        assert [tuple(row) for row in box] == [(463000.0, 4192000.0, 463100.0, 4192100.0), (None, None, None, None)]


def test_an_area_lives_on_and_its_unchanged_version_with_it(city: Engines, add: Add, tiny_frame: Frame) -> None:
    first = add()
    tiny_frame.loc[6, "households"] = 41
    tiny_frame.loc[7, "code"] = "G20"
    second = add(tiny_frame, parent=first)
    before, after = members(city, first), members(city, second)
    assert after["G3"] == before["G3"]
    assert after["G1"].area_id == before["G1"].area_id
    assert after["G1"].version_id != before["G1"].version_id
    assert before["G1"].households == 40
    assert after["G20"].area_id not in {area.area_id for area in before.values()}  # no recode: another code is another area


def test_going_back_reuses_the_old_version(city: Engines, add: Add, tiny_frame: Frame) -> None:
    first = add()
    changed = tiny_frame.copy()
    changed.loc[6, "name"] = "别名"
    second = add(changed, parent=first)
    third = add(tiny_frame, parent=second, kind="rollback")
    assert members(city, third) == members(city, first)
    with city.read.connect() as connection:
        assert connection.execute(select(func.count()).select_from(tables.area_version)).scalar() == 13


def test_without_a_parent_generation_the_areas_are_new(city: Engines, add: Add) -> None:
    first, second = add(), add()
    assert not {a.area_id for a in members(city, first).values()} & {a.area_id for a in members(city, second).values()}


def test_the_content_hash_knows_routing_and_nothing_else(city: Engines, add: Add, tiny_frame: Frame) -> None:
    def hash_of(frame: Frame) -> str:
        number = add(frame)
        with city.read.connect() as connection:
            return repository.generation(connection, number).content_hash

    same = hash_of(tiny_frame)
    assert hash_of(tiny_frame.iloc[::-1].reset_index(drop=True)) == same
    renamed = tiny_frame.assign(name="x", households=1)
    assert hash_of(renamed) == same
    turned = tiny_frame.geometry.copy()
    turned[6] = turned[6].reverse()
    assert hash_of(tiny_frame.set_geometry(turned)) == same
    moved = tiny_frame.copy()
    moved.loc[6, "parent_code"] = "140303001"
    assert hash_of(moved) != same
    shifted = tiny_frame.geometry.copy()
    shifted[5] = shapely.transform(shifted[5], lambda xy: xy + np.array([0.0, 0.001]))
    assert hash_of(tiny_frame.set_geometry(shifted)) != same


def test_both_databases_give_the_same_hash(city: Engines, add: Add) -> None:
    number = add()
    with city.read.connect() as connection:
        found = repository.generation(connection, number).content_hash
    assert found == "fa7de3ebfa3060943e06b04f70ae715e305d7955effaf4add66eb1f1a7d4a3d9"


def test_defects_come_back_with_their_ids_and_repairs(city: Engines, add: Add) -> None:
    repair = proposal("absorb_gap", changes=["G1"], m2=12.5, place=[113.55, 37.85], into="G1")
    told = [
        Defect("gap", "warning", ("G1", "G2"), shapely.box(113.5, 37.8, 113.6, 37.9), "a gap", "空隙", 12.5, "m2", repair),
        Defect("code_missing", "error", (), None, "no code", "没有编码"),
    ]
    number = add(defects=told)
    with city.read.connect() as connection:
        found = repository.defects(connection, number)
    assert found == told
    assert [defect.defect_id for defect in found] == [defect.defect_id for defect in told]
    assert [defect.repair for defect in found] == [repair, None]


def test_a_finding_stored_without_a_repair_is_read() -> None:
    (document,) = defects_to_json([Defect("gap", "warning", (), None, "a gap", "空隙")])
    del document["repair"]
    assert defects_from_json([document])[0].repair is None


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"parent": 7}, GenerationError, "generation_unknown"),
        ({"at": dt.datetime(2026, 1, 1)}, StoreError, "time_without_zone"),  # noqa: DTZ001  # that is what is refused
        ({"datum": "wgs"}, DatumError, "datum_unknown"),
        ({"actor": "a\x00"}, StoreError, "text_unusable"),
    ],
)
def test_a_refused_generation_leaves_nothing(
    city: Engines, add: Add, changes: dict[str, object], kind: type[BoundariesError], code: str
) -> None:
    with pytest.raises(kind) as refused:
        add(**changes)
    assert refused.value.code == code
    with city.read.connect() as connection:
        assert repository.generations(connection) == []
        assert connection.execute(select(func.count()).select_from(tables.area)).scalar() == 0


def test_a_frame_in_another_system_is_refused(city: Engines, add: Add, tiny_frame: Frame, noon: dt.datetime) -> None:
    def adds(frame: Frame, metric_crs: str) -> None:
        with city.write.begin() as connection:
            repository.add_generation(
                connection, areas=frame, source="", datum="wgs84", metric_crs=metric_crs, actor="", at=noon, proof={}, defects=[]
            )

    with pytest.raises(CrsError) as refused:
        adds(tiny_frame.set_crs("EPSG:4548", allow_override=True), "EPSG:4547")
    assert refused.value.code == "frame_crs_wrong"
    with pytest.raises(CrsError) as refused:
        adds(tiny_frame, "EPSG:4548")
    assert refused.value.code == "crs_settled"


def test_nothing_is_added_before_the_city_is_founded(engines: Engines, tiny_frame: Frame, noon: dt.datetime) -> None:
    with pytest.raises(StoreError, match="init") as refused, engines.write.begin() as connection:
        repository.add_generation(
            connection, areas=tiny_frame, source="", datum="wgs84", metric_crs="EPSG:4547", actor="", at=noon, proof={}, defects=[]
        )
    assert refused.value.code == "city_missing"


@pytest.mark.parametrize("ask", [repository.generation, repository.members, repository.defects])
def test_an_unknown_generation_is_named(city: Engines, ask: Callable[..., object]) -> None:
    with city.read.connect() as connection, pytest.raises(GenerationError, match="99"):
        ask(connection, 99)


def test_an_unknown_level_is_named_with_those_there_are(city: Engines, add: Add, tiny_frame: Frame) -> None:
    tiny_frame.loc[6, "level"] = "parish"
    with pytest.raises(CodeError, match="community"):
        add(tiny_frame)
