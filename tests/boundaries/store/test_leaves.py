"""Leaves and derived parents in lon/lat, in the router's order."""

from collections.abc import Callable

import geopandas
import numpy as np
import shapely

from boundaries.geometry import to_lonlat
from boundaries.model import AreaVersion, Level
from boundaries.router.index import Index
from boundaries.store import repository
from boundaries.store.engine import Engines
from boundaries.store.leaves import ancestors, leaf_polygons, parent_shapes, sharers

Frame = geopandas.GeoDataFrame
Add = Callable[..., int]
CRS = "EPSG:4547"


def members(engines: Engines, number: int) -> list[AreaVersion]:
    with engines.read.connect() as connection:
        return repository.members(connection, number)


def test_leaves_stand_in_the_routers_order(city: Engines, add: Add, tiny_frame: Frame, tiny_levels: tuple[Level, ...]) -> None:
    backwards = tiny_frame.iloc[::-1].reset_index(drop=True)
    leaves = leaf_polygons(members(city, add(backwards)), CRS, levels=tiny_levels)
    assert leaves.codes == ["140303200", "G1", "G2", "G3", "G4"]  # no compound, no sharer
    assert [area.code for area in leaves.areas] == leaves.codes
    assert set(shapely.get_srid(leaves.polygons)) == {4326}
    index = Index.build(leaves.polygons, leaves.codes)
    assert list(index.codes) == leaves.codes
    coordinates = shapely.get_coordinates(leaves.polygons)
    assert (coordinates == np.round(coordinates, 9)).all()


def test_parents_are_the_union_of_what_hangs_on_them(city: Engines, add: Add, tiny_levels: tuple[Level, ...]) -> None:
    found = members(city, add())
    by_code = {area.code: area for area in found}
    shapes = parent_shapes(found, CRS, levels=tiny_levels)

    def same(code: str, *corners: float) -> bool:
        x0, y0, x1, y1 = corners
        box = to_lonlat(shapely.box(463000 + x0, 4192000 + y0, 463000 + x1, 4192000 + y1), CRS)
        return bool(
            shapely.hausdorff_distance(shapes[by_code[code].area_id].exterior, box.exterior) < 5e-8
        )  # a millimetre: straight in metres is not straight in degrees

    assert same("140302001", 0, 0, 200, 100)
    assert same("140303001", 0, 100, 200, 200)
    assert same("140302", 0, 0, 200, 100)  # the compound that hangs on it adds nothing
    assert same("140300", 0, 0, 300, 200)
    assert same("K1", 50, 10, 110, 70)
    assert by_code["G5"].area_id not in shapes
    leaf_vertices = {tuple(xy) for xy in shapely.get_coordinates(leaf_polygons(found, CRS, levels=tiny_levels).polygons).tolist()}
    assert {tuple(xy) for xy in shapely.get_coordinates(shapes[by_code["140300"].area_id]).tolist()} <= leaf_vertices


def test_who_is_above_and_who_shares(city: Engines, add: Add) -> None:
    found = members(city, add())
    by_id = {area.area_id: area for area in found}
    by_code = {area.code: area for area in found}
    assert [area.code for area in ancestors(by_code["G4"], by_id)] == ["140303001", "140303", "140300"]
    assert {by_id[owner].code: [area.code for area in others] for owner, others in sharers(found).items()} == {"G4": ["G5"]}


def test_a_generation_without_shapes_has_no_leaves(city: Engines, add: Add, tiny_frame: Frame, tiny_levels: tuple[Level, ...]) -> None:
    found = members(city, add(tiny_frame[:5]))
    assert leaf_polygons(found, CRS, levels=tiny_levels).codes == []
    assert parent_shapes(found, CRS, levels=tiny_levels) == {}
