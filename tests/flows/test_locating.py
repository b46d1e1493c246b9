"""A point is looked up: the right leaf, the right person, honest about what is not sure."""

import io

import numpy as np
import pyarrow as pa
import pytest

from boundaries.datum import point_from_wgs84
from tests import city
from tests.flows.conftest import Service


def locate(service: Service, x: float, y: float, **more: object) -> dict:
    lon, lat = city.lonlat(x, y)
    answer = service.client.get("/api/v1/locate", params={"lon": lon, "lat": lat, "datum": "wgs84", **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_point_inside_a_micro_grid_names_it_its_ladder_and_its_leader(service: Service) -> None:
    got = locate(service, 50, 50)
    assert got["generation"] == 1
    assert got["verdict"] == "certain"
    assert got["on_border"] is False
    assert got["area"] == {"code": f"{city.A1}01", "level": "micro_grid", "name": "甲1-01"}
    assert got["areas"] == {
        "micro_grid": f"{city.A1}01",
        "grid": city.A1,
        "community": city.A,
        "street": city.STREET,
        "district": "149901",
        "city": "149900",
    }
    assert got["responsible"] == {"post": "micro-grid leader", "name": "王一", "agency": None}
    assert got["candidates"] == [{"code": f"{city.A1}01", "level": "micro_grid", "name": "甲1-01", "probability": None, "distance_m": 0.0}]
    assert got["nearest"] is None


@pytest.mark.parametrize(
    ("x", "y", "code", "who"),
    [
        (50, 150, f"{city.A2}01", "张三"),  # no leader, no grid worker: the community's secretary
        (250, 50, f"{city.B1}01", "郑九"),  # the grid's worker is away: the stand-in
        (150, 225, f"{city.STREET}99999999", "赵四"),  # the street's rest: the street office
        (400, 100, city.V, "孙六"),  # a village is a leaf of its own
    ],
)
def test_the_ladder_is_climbed_to_whoever_is_there(service: Service, x: float, y: float, code: str, who: str) -> None:
    got = locate(service, x, y)
    assert (got["area"]["code"], got["responsible"]["name"]) == (code, who)


def test_a_tower_of_two_micro_grids_is_asked_about_and_lists_both(service: Service) -> None:
    got = locate(service, 150, 50, accuracy_m=1)
    assert got["verdict"] == "ask"
    assert [c["code"] for c in got["candidates"]] == [f"{city.A1}03", f"{city.A1}02"]  # 33 : 31, by households + 1
    assert [c["probability"] for c in got["candidates"]] == pytest.approx([33 / 64, 31 / 64], abs=1e-3)


def test_a_point_on_a_shared_edge_belongs_to_the_smallest_code(service: Service) -> None:
    corner = locate(service, 100, 100)
    assert corner["on_border"] is True
    assert corner["area"]["code"] == f"{city.A1}01"


def test_a_point_in_a_hole_is_a_gap_and_beyond_the_city_is_outside(service: Service) -> None:
    hole, beyond = locate(service, 250, 100), locate(service, 600, 100)
    assert (hole["verdict"], hole["area"], hole["responsible"]) == ("gap", None, None)
    assert hole["nearest"] == {"code": f"{city.B1}01", "distance_m": pytest.approx(10, abs=0.1)}
    assert (beyond["verdict"], beyond["area"], beyond["areas"]) == ("outside", None, {})
    assert beyond["nearest"] == {"code": city.V, "distance_m": pytest.approx(100, abs=0.5)}


def test_an_inaccurate_point_near_a_border_is_asked_about(service: Service) -> None:
    got = locate(service, 98, 50, accuracy_m=20)
    assert got["verdict"] == "ask"
    assert {c["code"] for c in got["candidates"]} >= {f"{city.A1}01", f"{city.A1}02", f"{city.A1}03"}
    assert sum(c["probability"] for c in got["candidates"]) == pytest.approx(1, abs=1e-3)
    assert locate(service, 50, 50, accuracy_m=5)["verdict"] == "certain"


def test_a_shifted_point_is_routed_like_its_twin_and_refused_without_a_datum(service: Service) -> None:
    lon, lat = city.lonlat(50, 50)
    for datum in ("gcj02", "bd09"):
        x, y = point_from_wgs84(lon=lon, lat=lat, datum=datum)
        got = service.client.get("/api/v1/locate", params={"lon": x, "lat": y, "datum": datum}).json()
        assert got["area"]["code"] == f"{city.A1}01"
    refused = service.client.get("/api/v1/locate", params={"lon": lon, "lat": lat})
    assert (refused.status_code, refused.json()["code"]) == (422, "datum_missing")
    unknown = service.client.get("/api/v1/locate", params={"lon": lon, "lat": lat, "datum": "wgs72"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "datum_unknown")


def test_a_past_generation_answers_as_it_did(service: Service) -> None:
    frame = city.areas()
    frame.loc[frame["code"] == f"{city.A1}01", "name"] = "甲1-01改"
    with service.database.writing() as connection:
        assert city.put_in_force(connection, frame, at=service.clock.at, parent=1) == 2
    lon, lat = city.lonlat(50, 50)
    ask = {"lon": lon, "lat": lat, "datum": "wgs84"}
    wait_for_generation(service, 2)
    now = service.client.get("/api/v1/locate", params=ask).json()
    then = service.client.get("/api/v1/locate", params={**ask, "generation": 1}).json()
    dated = service.client.get("/api/v1/locate", params={**ask, "at": "2026-05-01T00:00:00Z"}).json()
    assert [g["area"]["name"] for g in (now, then, dated)] == ["甲1-01改", "甲1-01", "甲1-01"]
    before = service.client.get("/api/v1/locate", params={**ask, "at": "2020-05-01T00:00:00Z"})
    unknown = service.client.get("/api/v1/locate", params={**ask, "generation": 99})
    assert (before.status_code, unknown.status_code) == (404, 404)


def wait_for_generation(service: Service, number: int) -> None:
    """Readers follow a publication within the refresh interval."""
    for _ in range(200):
        if service.client.get("/health/ready").json()["generation"] == number:
            return
    raise AssertionError(f"generation {number} was never picked up")


def batch_points() -> tuple[list[float], list[float], list[str | None]]:
    places = [(50, 50), (150, 50), (250, 100), (600, 100), (400, 100)]
    lons, lats = zip(*(city.lonlat(x, y) for x, y in places), strict=True)
    return list(lons), list(lats), [f"{city.A1}01", f"{city.A1}02", None, None, city.V]


def test_a_batch_answers_in_columns(service: Service) -> None:
    lons, lats, codes = batch_points()
    answer = service.client.post("/api/v1/locate/batch", json={"lons": lons, "lats": lats, "datum": "wgs84"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["area_codes"] == codes
    assert answer.json()["verdicts"] == ["certain", "ask", "gap", "outside", "certain"]
    assert answer.json()["probabilities"] == [None] * 5


def test_a_batch_with_an_accuracy_says_how_sure_it_is_of_each_leaf(service: Service) -> None:
    lons, lats = zip(city.lonlat(50, 50), city.lonlat(50, 98), strict=True)
    body = {"lons": lons, "lats": lats, "datum": "wgs84", "accuracy_m": 10}
    got = service.client.post("/api/v1/locate/batch", json=body).json()
    assert got["verdicts"] == ["certain", "ask"]
    for k, (x, y) in enumerate([(50, 50), (50, 98)]):
        single = locate(service, x, y, accuracy_m=10)
        own = next(c["probability"] for c in single["candidates"] if c["code"] == got["area_codes"][k])
        assert got["probabilities"][k] == pytest.approx(own, abs=1e-3)


def arrow_of(columns: dict[str, object]) -> bytes:
    table = pa.table(columns)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


ARROW = {"Content-Type": "application/vnd.apache.arrow.stream"}


def test_an_arrow_batch_answers_like_the_json_one(service: Service) -> None:
    lons, lats, codes = batch_points()
    answer = service.client.post("/api/v1/locate/batch?datum=wgs84", content=arrow_of({"lon": lons, "lat": lats}), headers=ARROW)
    assert answer.status_code == 200, answer.text
    table = pa.ipc.open_stream(answer.content).read_all()
    assert table["area_code"].to_pylist() == codes
    assert table.schema.metadata[b"generation"] == b"1"


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"lon": np.array([1], dtype=np.float32), "lat": [1.0]}, "arrow_column_type"),
        ({"lon": [1.0]}, "arrow_column_missing"),
        ({"lon": [1.0, None], "lat": [1.0, 2.0]}, "arrow_column_type"),
        ({"lon": [200.0], "lat": [1.0]}, "out_of_range"),
        ({"lon": [float("nan")], "lat": [1.0]}, "out_of_range"),
    ],
)
def test_a_bad_arrow_batch_is_refused_by_name(service: Service, columns: dict[str, object], code: str) -> None:
    answer = service.client.post("/api/v1/locate/batch?datum=wgs84", content=arrow_of(columns), headers=ARROW)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_garbage_as_arrow_is_refused(service: Service) -> None:
    answer = service.client.post("/api/v1/locate/batch?datum=wgs84", content=b"\x00garbage", headers=ARROW)
    assert (answer.status_code, answer.json()["code"]) == (422, "arrow_unreadable")
