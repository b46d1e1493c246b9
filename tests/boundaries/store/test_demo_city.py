"""The model city through the store: villages, rests, towns and grids that a hand-made city does not have."""

import numpy as np
import pytest
import shapely

import boundaries
from boundaries.demo import DemoCity, build_city, levels
from boundaries.geometry import to_lonlat


@pytest.fixture(scope="module")
def model_city() -> DemoCity:
    return build_city(seed=1, scale=0.02)


def test_every_leaf_answers_for_its_own_land(database_url: str, model_city: DemoCity) -> None:
    areas = model_city.areas
    with boundaries.open(database_url, create=True) as library:
        library.init_city(name="阳泉市", division_code="140300", levels=levels(), timezone="Asia/Shanghai")
        added = library.import_areas(areas, actor="tester", source="demo")
        assert {defect.severity for defect in library.defects(added.number)} <= {"warning"}
        library.publish(added.number, actor="tester")
        lookup = library.lookup()
        shapes = to_lonlat(np.array([leaf.geometry for leaf in lookup.leaves], dtype=object), library.city.metric_crs)
        points = shapely.point_on_surface(shapes)
        found = lookup.index.locate_many(lons=shapely.get_x(points), lats=shapely.get_y(points))
        assert found.tolist() == list(range(len(points)))
        drawn = library.areas()
        again = library.import_areas(areas, actor="tester", source="demo")
        assert [a.version_id for a in library.lookup(again.number).by_id.values()] == [a.version_id for a in lookup.by_id.values()]

    assert again.content_hash == added.content_hash
    assert len(points) == int(areas.geometry.notna().sum())
    sharing = areas[areas["shares_face_of"].notna()]
    kept = drawn.set_index("code")
    assert set(kept.index) == set(areas["code"])
    for column in ("level", "kind", "name", "households"):
        assert kept.loc[areas["code"], column].tolist() == areas[column].tolist()
    assert kept.loc[sharing["code"], "shares_face_of"].tolist() == sharing["shares_face_of"].tolist()
    whole = shapely.area(np.asarray(drawn[drawn["level"] == "city"].geometry)).sum()
    parts = shapely.area(np.asarray(drawn[drawn["level"] == "district"].geometry)).sum()
    assert whole == pytest.approx(parts, rel=1e-12)  # districts fill the city and do not overlap
