"""Vector tiles of a generation: shared borders kept, every leaf there, the same bytes every time; read by GDAL, not by us."""

import gzip
import io
import random
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from boundaries.errors import IndexFileError
from boundaries.geometry import to_lonlat
from boundaries.model import AreaVersion
from boundaries.pyramid import MAX_ZOOM, MIN_ZOOM, Pyramid, build, pack
from tests import city
from tests.boundaries.pyramid.conftest import LEVELS, decoded, members_of, segments


def keys(pyramid: Pyramid, zoom: int) -> list[tuple[int, int, int]]:
    return [tile for tile in pyramid.tiles if tile[0] == zoom]


def as_set(rows: np.ndarray) -> set[tuple[float, ...]]:
    return {tuple(row) for row in rows.tolist()}


@pytest.mark.parametrize("zoom", [12, 13, 14])
def test_neighbours_share_every_vertex_of_their_border(pyramid: Pyramid, zoom: int) -> None:
    shared = 0
    for tile in keys(pyramid, zoom):
        leaves = decoded(pyramid, tile, "micro_grid")
        found, count = segments(leaves.geometry)
        rim = as_set(segments(decoded(pyramid, tile, "city").geometry)[0])
        alone = as_set(found[count == 1])
        assert alone <= rim, f"{tile}: {sorted(alone - rim)[:3]} belong to one leaf and are no border of the city"
        assert count.max(initial=0) <= 2
        shared += int((count == 2).sum())
    assert shared > 1000


@pytest.mark.parametrize("layer", ["grid", "community", "street", "district"])
def test_a_parents_border_is_that_of_its_leaves(pyramid: Pyramid, layer: str) -> None:
    seen = 0
    for tile in keys(pyramid, 13):
        border = as_set(segments(decoded(pyramid, tile, layer).geometry)[0])
        assert border <= as_set(segments(decoded(pyramid, tile, "micro_grid").geometry)[0])
        seen += len(border)
    assert seen > 100


def whole(pyramid: Pyramid, folder: Path, layer: str) -> geopandas.GeoDataFrame:
    """A layer of all tiles of the last zoom, in Web Mercator metres."""
    path = folder / "city.pmtiles"
    path.write_bytes(pack(pyramid))
    return pyogrio.read_dataframe(path, layer=layer, ZOOM_LEVEL=str(MAX_ZOOM))


def test_every_leaf_is_there_in_its_place_under_its_number(
    pyramid: Pyramid, members: list[AreaVersion], metric_crs: str, tmp_path: Path
) -> None:
    drawn = whole(pyramid, tmp_path, "micro_grid")
    leaves = [area for area in members if area.geometry is not None and area.level != "compound"]
    by_code = {area.code: area for area in leaves}
    assert set(drawn["code"]) == set(by_code)
    for row in drawn.drop_duplicates("code").itertuples():
        area = by_code[row.code]
        assert (row.mvt_id, row.name, row.level, row.kind, row.rest == 1) == (
            area.area_id,
            area.name,
            area.level,
            area.kind,
            area.level == "rest",
        )
    pieces = drawn.dissolve("code").geometry
    true = to_lonlat(np.array([by_code[code].geometry for code in pieces.index], dtype=object), metric_crs)
    true = np.asarray(geopandas.GeoSeries(true, crs="EPSG:4326").to_crs("EPSG:3857"))
    off = shapely.area(shapely.symmetric_difference(np.asarray(pieces), true))
    assert (off < 1.5 * shapely.length(true)).all()  # nowhere further off than a unit or so, half a metre on the ground


def test_a_hole_stays_a_hole() -> None:
    members = members_of(city.areas())
    pyramid = build(members, levels=city.LEVELS, metric_crs=city.CRS)
    (shape,) = [
        row.geometry
        for tile in keys(pyramid, MAX_ZOOM)
        for row in decoded(pyramid, tile, "micro_grid").itertuples()
        if row.code == f"{city.B1}01"
    ]
    assert sum(len(polygon.interiors) for polygon in shapely.get_parts(shape)) == 1


def test_the_same_generation_gives_the_same_bytes(pyramid: Pyramid, members: list[AreaVersion], metric_crs: str) -> None:
    mixed = list(members)
    random.Random(1).shuffle(mixed)
    told: list[float] = []
    again = pack(build(mixed, levels=LEVELS, metric_crs=metric_crs, progress=told.append))
    assert again == pack(pyramid)
    assert told == sorted(told)
    assert told[-1] == 1.0
    read = Pyramid.unpack(again)
    assert read == pyramid
    changed = [replace(area, name=f"{area.name}改") for area in members[-1:]]
    assert pack(build([*members[:-1], *changed], levels=LEVELS, metric_crs=metric_crs)) != again


def test_a_level_starts_at_its_zoom_and_names_stand_once(pyramid: Pyramid, members: list[AreaVersion]) -> None:
    described = {layer["id"]: layer for layer in pyramid.layers}
    assert list(described) == ["city", "district", "street", "community", "grid", "micro_grid", "compound", "label"]
    assert [described[name]["minzoom"] for name in ("district", "grid", "micro_grid")] == [MIN_ZOOM, 10, 12]
    assert len(decoded(pyramid, keys(pyramid, 10)[0], "micro_grid")) == 0
    labels = [(tile, decoded(pyramid, tile, "label")) for tile in keys(pyramid, MAX_ZOOM)]
    codes = [code for _, found in labels for code in found["code"]]
    assert sorted(codes) == sorted(area.code for area in members if area.shares_face_of is None)
    for tile, found in labels:
        leaves = decoded(pyramid, tile, "micro_grid").set_index("code").geometry
        for row in found[found["code"].isin(leaves.index)].itertuples():
            assert leaves[row.code].distance(row.geometry) <= 1


def test_tiles_reach_the_city_and_nothing_else(pyramid: Pyramid) -> None:
    west, _, east, _ = pyramid.bounds
    for zoom, x, y in pyramid.tiles:
        side = 360 / (1 << zoom)
        slack = side * 64 / 4096
        assert west - slack <= (x + 1) * side - 180
        assert x * side - 180 <= east + slack
        assert 0 <= y < 1 << zoom
    assert {zoom for zoom, _, _ in pyramid.tiles} == set(range(MIN_ZOOM, MAX_ZOOM + 1))
    assert all(gzip.decompress(tile) for tile in pyramid.tiles.values())


def test_leaves_that_overlap_are_drawn_all_the_same() -> None:
    members = members_of(city.areas())
    spoilt = [replace(area, geometry=area.geometry.buffer(20)) if area.code == f"{city.A1}01" else area for area in members]
    drawn = build(spoilt, levels=city.LEVELS, metric_crs=city.CRS)  # imported with defects: it cannot be published, but looked at
    codes = {code for tile in keys(drawn, MAX_ZOOM) for code in decoded(drawn, tile, "micro_grid")["code"]}
    assert codes == {area.code for area in members if area.geometry is not None}


def test_a_city_without_shapes_has_no_tiles() -> None:
    bare = [area for area in members_of(city.areas()) if area.geometry is None and area.shares_face_of is None]
    empty = build(bare, levels=city.LEVELS, metric_crs=city.CRS)
    assert empty.tiles == {}
    assert Pyramid.unpack(pack(empty)).tiles == {}


@pytest.mark.parametrize("spoil", [lambda b: b"", lambda b: b[:200], lambda b: b[:-50], lambda b: bytes(len(b))])
def test_a_damaged_file_is_refused(pyramid: Pyramid, spoil: object) -> None:
    content = spoil(pack(pyramid))  # type: ignore[operator]
    with pytest.raises(IndexFileError) as refused:
        Pyramid.unpack(io.BytesIO(content).getvalue())
    assert refused.value.code == "pyramid_damaged"
