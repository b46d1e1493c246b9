"""The library on a database: what a notebook does, and what it is told when it cannot."""

import datetime as dt
import doctest
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import Transformer

import boundaries
from boundaries.datum import point_from_wgs84
from boundaries.errors import BoundariesError, CodeError, CoordinateError, CrsError, DatumError, GenerationError, StoreError
from boundaries.geometry import to_lonlat
from boundaries.model import Level
from boundaries.store.library import Library
from boundaries.store.lookup import Location

Frame = geopandas.GeoDataFrame
TO_LONLAT = Transformer.from_crs("EPSG:4547", "EPSG:4326", always_xy=True)


@pytest.fixture
def library(database_url: str, tiny_levels: tuple[Level, ...]) -> Iterator[Library]:
    with boundaries.open(database_url, create=True) as opened:
        opened.init_city(name="小城", division_code="140300", levels=tiny_levels, metric_crs="EPSG:4547", timezone="Asia/Shanghai")
        yield opened


@pytest.fixture
def published(library: Library, tiny_frame: Frame) -> Library:
    library.publish(library.import_areas(tiny_frame, actor="planner").number, actor="planner")
    return library


def at(library: Library, x: float, y: float, **options: object) -> Location:
    lon, lat = TO_LONLAT.transform(463000 + x, 4192000 + y)
    return library.locate(lon=lon, lat=lat, datum="wgs84", **options)  # type: ignore[arg-type]


def test_the_example_of_open_is_true(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    example = doctest.DocTestParser().get_doctest(
        (boundaries.open.__doc__ or "").replace("sqlite:///city.db", database_url), {}, "open", None, 0
    )
    assert len(example.examples) > 10
    assert doctest.DocTestRunner().run(example).failed == 0


def test_a_point_finds_its_leaf_and_all_above(published: Library) -> None:
    found = at(published, 50, 50)
    assert (found.verdict, found.generation, found.on_border) == ("certain", 1, False)
    assert found.area is not None
    assert (found.area.code, found.area.name) == ("G1", "一格")
    assert found.areas == {"grid": "G1", "community": "140302001", "district": "140302", "city": "140300"}
    assert [(one.area.code, one.probability, one.distance_m) for one in found.candidates] == [("G1", None, 0.0)]
    assert at(published, 250, 50).areas == {"community": "140303200", "district": "140303", "city": "140300"}


def test_a_shared_face_lists_all_who_share_it(published: Library) -> None:
    found = at(published, 150, 150, accuracy_m=5.0)
    assert found.area is not None
    assert found.area.code == "G4"
    assert [area.code for area in found.sharers] == ["G5"]
    assert found.verdict == "ask"
    first, second = found.candidates[:2]
    assert {first.area.code, second.area.code} == {"G4", "G5"}
    assert first.probability == second.probability  # both have 10 households
    assert sum(one.probability or 0 for one in found.candidates) == pytest.approx(1.0)


def test_an_inaccurate_point_has_candidates(published: Library) -> None:
    found = at(published, 99, 50, accuracy_m=20.0)
    assert found.verdict == "ask"
    assert [one.area.code for one in found.candidates][:2] == ["G1", "G2"]
    assert at(published, 50, 50, accuracy_m=5.0).verdict == "certain"


def test_a_common_border_belongs_to_the_smallest_code(published: Library) -> None:
    corner = published.areas("grid").geometry.iloc[0].exterior.coords
    vertices = {(round(x, 9), round(y, 9)) for x, y in corner}
    for lon, lat in vertices:
        found = published.locate(lon=lon, lat=lat, datum="wgs84")
        assert found.area is not None
        assert found.area.code == "G1"
        assert found.on_border


def test_outside_is_an_answer_with_the_nearest_leaf(published: Library) -> None:
    found = at(published, -10, 50)
    assert (found.verdict, found.area, found.areas) == ("outside", None, {})
    assert found.nearest is not None
    assert found.nearest.area.code == "G1"
    assert found.nearest.distance_m == pytest.approx(10.0, abs=0.05)


def test_the_datum_is_named_and_taken_back(published: Library) -> None:
    lon, lat = TO_LONLAT.transform(463050, 4192050)
    x, y = point_from_wgs84(lon=lon, lat=lat, datum="gcj02")
    assert published.locate(lon=x, lat=y, datum="gcj02").areas["grid"] == "G1"
    assert published.locate(lon=x, lat=y, datum="wgs84").verdict == "outside"
    with pytest.raises(DatumError):
        published.locate(lon=x, lat=y, datum="")
    with pytest.raises(CoordinateError):
        published.locate(lon=float("nan"), lat=y, datum="wgs84")


def test_generations_answer_for_their_time(published: Library, tiny_frame: Frame) -> None:
    before = published.generation()
    tiny_frame.loc[6, "parent_code"] = "140303001"
    added = published.import_areas(tiny_frame, actor="planner")
    assert added.parent == 1
    assert at(published, 50, 50).areas["community"] == "140302001"  # not in force yet
    assert at(published, 50, 50, generation=2).areas["community"] == "140303001"
    now = published.publish(added.number, actor="planner")
    assert at(published, 50, 50).areas["community"] == "140303001"
    assert before.effective_from is not None
    assert now.effective_from is not None
    assert at(published, 50, 50, at=before.effective_from).areas["community"] == "140302001"
    assert at(published, 50, 50, at=now.effective_from).areas["community"] == "140303001"
    assert [generation.number for generation in published.generations()] == [1, 2]
    with pytest.raises(GenerationError):
        at(published, 50, 50, at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC))


def test_areas_come_as_a_frame_with_derived_parents(published: Library) -> None:
    found = published.areas()
    assert found.crs == "EPSG:4326"
    assert found["code"].tolist()[:3] == ["140300", "140302", "140303"]
    assert found.set_index("code").loc["G5", "shares_face_of"] == "G4"
    without = found[found.geometry.isna()]["code"].tolist()
    assert without == ["G5"]
    community = published.areas("community").set_index("code")
    assert community.loc["140302001", "parent_code"] == "140302"
    grids = published.areas("grid").set_index("code").geometry
    assert shapely.equals(community.geometry["140302001"], shapely.union_all([grids["G1"], grids["G2"]]))
    with pytest.raises(CodeError, match="parish"):
        published.areas("parish")


def test_the_index_routes_many(published: Library) -> None:
    index = published.index()
    leaves = published.lookup().leaves
    shapes = to_lonlat(np.array([leaf.geometry for leaf in leaves], dtype=object), published.city.metric_crs)
    x, y = np.meshgrid(np.arange(5.0, 300, 10), np.arange(5.0, 200, 10))
    lons, lats = TO_LONLAT.transform(463000 + x.ravel(), 4192000 + y.ravel())
    found = index.locate_many(lons=lons, lats=lats)
    assert (found >= 0).all()
    inside = shapely.covers(shapes[found], shapely.points(lons, lats))
    assert inside.all()
    assert published.index() is index  # kept


def test_what_the_checks_find_is_kept_and_errors_bar_publishing(library: Library, tiny_frame: Frame) -> None:
    shapes = list(tiny_frame.geometry)
    shapes[6] = shapely.box(463000, 4192000, 463110, 4192100)
    added = library.import_areas(tiny_frame.set_geometry(shapes, crs="EPSG:4547"), actor="planner")
    assert {"overlap", "coverage"} <= {defect.rule for defect in library.defects(added.number)}
    with pytest.raises(GenerationError) as refused:
        library.publish(added.number, actor="planner")
    assert refused.value.code == "generation_has_errors"
    with pytest.raises(GenerationError) as refused:
        library.index()
    assert refused.value.code == "generation_none_published"


def test_auto_takes_the_system_of_the_first_frame(database_url: str, tiny_levels: tuple[Level, ...], tiny_frame: Frame) -> None:
    with boundaries.open(database_url, create=True) as opened:
        opened.init_city(name="x", division_code="1", levels=tiny_levels, timezone="UTC")
        assert opened.city.metric_crs == "auto"
        opened.import_areas(tiny_frame, actor="planner")
        assert (opened.city.metric_crs, opened.city.srid) == ("EPSG:4547", 4547)


def test_a_frame_without_a_system_waits_for_one(database_url: str, tiny_levels: tuple[Level, ...], tiny_frame: Frame) -> None:
    bare = geopandas.GeoDataFrame(tiny_frame.drop(columns="geometry"), geometry=list(tiny_frame.geometry))
    with boundaries.open(database_url, create=True) as opened:
        opened.init_city(name="x", division_code="1", levels=tiny_levels, timezone="UTC")
        with pytest.raises(CrsError):
            opened.import_areas(bare, actor="planner")


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(BoundariesError) as refused:
        action()
    return refused.value.code


def test_a_database_that_is_not_ready_says_what_to_do(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="create=True") as refused:
        boundaries.open(database_url)
    assert refused.value.code == "store_not_prepared"
    assert not (tmp_path / "city.db").exists()
    with boundaries.open(database_url, create=True) as opened:
        assert code_of(lambda: opened.city) == "city_missing"
    with boundaries.open(database_url) as again:
        assert again.generations() == []


def test_other_files_and_absent_servers_are_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("these are notes, not a database, and long enough to be looked at by anyone who opens them " * 3)
    assert code_of(lambda: boundaries.open(f"sqlite:///{tmp_path}/notes.db")) == "not_a_database"
    assert code_of(lambda: boundaries.open(str(tmp_path / "absent.db"))) == "store_not_prepared"
    assert code_of(lambda: boundaries.open("postgresql://nobody:secret@127.0.0.1:9/none")) == "store_unreachable"
