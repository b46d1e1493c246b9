"""Places on the map: kept, found, photographed, brought in from files; how far households have to go to them."""

from pathlib import Path
from typing import Any

import pytest

from boundaries.datum import point_from_wgs84
from geo_service.accounts import Actor, Grant, create_key
from geo_service.accounts.registry import create_account
from geo_service.errors import DeniedError
from geo_service.flows.facilities.service import check_mine
from tests import city
from tests.flows.conftest import NOW, Service
from tests.geo_service.media.test_pictures import CANARY, jpeg, png_head

Answer = Any
HTML = "<img src=x onerror=alert(1)>&${7*7}`站`"


@pytest.fixture
def keeper(service: Service) -> dict[str, str]:
    with service.database.writing() as connection:
        return {"Authorization": f"Bearer {create_key(connection, name='keeper', role='administrator', at=NOW, by='test')}"}


def at(x: float, y: float) -> dict[str, float]:
    lon, lat = city.lonlat(x, y)
    return {"lon": lon, "lat": lat}


def station(name: str = "阳光小区党群服务站", x: float = 50, y: float = 50, **more: Any) -> dict[str, Any]:
    hours = {"opening_hours": "周一至周五 09:00-17:30"}
    return {"kind": "station", "level": "compound", "name": name, **at(x, y), "datum": "wgs84", **hours, **more}


def made(service: Service, keeper: dict[str, str], body: dict[str, Any]) -> Answer:
    answer = service.client.post("/api/v1/facilities", headers=keeper, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def changed(service: Service, keeper: dict[str, str], one: Answer, **what: Any) -> Answer:
    headers = {**keeper, "If-Match": f'"{one["version"]}"'}
    return service.client.patch(f"/api/v1/facilities/{one['id']}", headers=headers, json=what)


def listed(service: Service, **query: Any) -> Answer:
    answer = service.client.get("/api/v1/facilities", headers=service.operator, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_area_follows_from_the_point(service: Service, keeper: dict[str, str]) -> None:
    one = made(service, keeper, station())
    assert one["area_code"] == city.A
    assert one["areas"]["micro_grid"] == f"{city.A1}01"
    assert one["serves"] == [{"code": city.A, "name": "甲社区"}]
    moved = changed(service, keeper, one, **at(250, 50), datum="wgs84").json()
    assert (moved["area_code"], moved["version"]) == (city.B, 2)
    assert listed(service, area=city.A)["total"] == 0
    assert [found["id"] for found in listed(service, area=city.STREET)["items"]] == [one["id"]]


def test_a_gcj02_point_is_brought_to_wgs84(service: Service, keeper: dict[str, str]) -> None:
    lon, lat = point_from_wgs84(**at(50, 50), datum="gcj02")
    one = made(service, keeper, station() | {"lon": lon, "lat": lat, "datum": "gcj02"})
    assert (one["lon"], one["lat"]) == pytest.approx(city.lonlat(50, 50), abs=1e-6)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"datum": None}, "datum_missing", None),
        ({"datum": "beijing54"}, "datum_unknown", None),
        ({"lon": 113.0}, "outside_city", "lon"),
        ({"lon": 999.0}, "not_on_earth", "lon"),
        ({"kind": "pub"}, "unknown_kind", "kind"),
        ({"level": "street"}, "level_not_for_kind", "level"),
        ({"opening_hours": "看情况"}, "bad_hours", "opening_hours"),
        ({"phone": "call me"}, "bad_phone", "phone"),
        ({"attributes": {"jacuzzi": True}}, "unknown_attribute", "attributes.jacuzzi"),
        ({"attributes": {"sign": 3}}, "not_a_flag", "attributes.sign"),
        ({"serves": ["000000"]}, "unknown_area", "serves"),
        ({"address": "一\u0007二"}, "control_character", "address"),
        ({"kind": "compound"}, "attribute_missing", "attributes.compound_code"),
        ({"kind": "compound", "attributes": {"compound_code": "C1", "stars": 6}}, "not_stars", "attributes.stars"),
        ({"name": " "}, "malformed", "name"),
        ({"colour": "red"}, "malformed", "colour"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    service: Service, keeper: dict[str, str], change: dict[str, Any], code: str, field: str | None
) -> None:
    answer = service.client.post("/api/v1/facilities", headers=keeper, json=station() | change)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == code
    assert field is None or answer.json()["errors"][0]["field"] == field
    chinese = service.client.post("/api/v1/facilities", headers={**keeper, "Accept-Language": "zh-CN"}, json=station() | change).json()
    assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese["detail"])
    assert listed(service)["total"] == 0


def test_two_who_edit_the_same_place_do_not_lose_a_change(service: Service, keeper: dict[str, str]) -> None:
    one = made(service, keeper, station())
    assert changed(service, keeper, one, phone="0353-1234567").status_code == 200
    late = changed(service, keeper, one, phone="0353-7654321")
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    missing = service.client.patch(f"/api/v1/facilities/{one['id']}", headers=keeper, json={"phone": None})
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    assert listed(service)["items"][0]["phone"] == "0353-1234567"


def test_every_change_stands_in_the_log_with_what_was(service: Service, keeper: dict[str, str]) -> None:
    one = made(service, keeper, station())
    again = changed(service, keeper, one, phone="0353-1234567", demonstration=True).json()
    same = changed(service, keeper, again, phone="0353-1234567").json()
    assert same["version"] == again["version"] == 2
    headers = {**keeper, "If-Match": '"2"'}
    gone = service.client.post(f"/api/v1/facilities/{one['id']}/retire", headers=headers, json={"reason": "搬迁"}).json()
    assert gone["retired_at"] is not None
    assert listed(service)["total"] == 0
    assert listed(service, retired=True)["total"] == 1
    back = service.client.post(f"/api/v1/facilities/{one['id']}/restore", headers={**keeper, "If-Match": '"3"'})
    assert back.status_code == 200
    history = service.client.get(f"/api/v1/facilities/{one['id']}/history", headers=service.operator).json()
    assert [entry["kind"] for entry in history] == ["facility_restored", "facility_retired", "facility_changed", "facility_created"]
    assert history[2]["data"]["was"] == {"phone": None, "demonstration": False}
    assert history[2]["actor"] == "key:keeper" or history[2]["actor"].endswith("keeper")


def test_the_same_place_twice_and_the_same_request_twice(service: Service, keeper: dict[str, str]) -> None:
    first = service.client.post("/api/v1/facilities", headers={**keeper, "Idempotency-Key": "k1"}, json=station())
    again = service.client.post("/api/v1/facilities", headers={**keeper, "Idempotency-Key": "k1"}, json=station())
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    other = service.client.post("/api/v1/facilities", headers=keeper, json=station())
    assert (other.status_code, other.json()["code"]) == (409, "facility_exists")


def test_a_compound_is_a_register_of_who_stands_for_it(service: Service, keeper: dict[str, str]) -> None:
    attributes = {"compound_code": "C1", "stars": 5, "red_property": True, "property_firm": "安心物业", "households": 102}
    one = made(service, keeper, station("阳光小区", kind="compound", attributes=attributes))
    assert (one["stars"], one["attributes"]["property_firm"]) == (5, "安心物业")
    assert listed(service, five_star=True)["total"] == 1
    service.clock.at = service.clock.now().replace(hour=3)
    other = changed(service, keeper, one, attributes={"property_firm": "温馨物业", "stars": 4}).json()
    assert (other["attributes"]["property_firm"], other["stars"], other["attributes"]["red_property"]) == ("温馨物业", 4, True)
    assert listed(service, five_star=True)["total"] == 0


def test_names_with_markup_are_texts_everywhere(service: Service, keeper: dict[str, str]) -> None:
    made(service, keeper, station(HTML))
    assert listed(service, q="onerror")["items"][0]["name"] == HTML
    page = service.client.get("/maps/reach?level=grid", headers=service.operator)
    assert page.status_code == 200
    assert "onerror=alert" not in page.text
    table = service.client.get("/api/v1/facilities/export?format=csv", headers=service.operator)
    assert table.content.decode("utf-8-sig").count(HTML) == 1


def test_who_may_not_keep_facilities_is_told_who_may(service: Service) -> None:
    refused = service.client.post("/api/v1/facilities", headers=service.operator, json=station())
    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")
    assert service.client.get("/api/v1/facilities").status_code == 401


def test_who_keeps_one_community_keeps_only_that(service: Service) -> None:
    with service.database.writing() as connection:
        grants = [Grant("administrator", city.A)]
        create_account(
            connection, username="jia", display_name="甲", password="correct-horse-7", grants=grants, by="test", at=NOW, must_change=False
        )
    service.wiring.settings.accounts.second_factor_for = []
    session = service.client.post("/api/v1/session", json={"username": "jia", "password": "correct-horse-7"}).json()
    mine = {"X-CSRF-Token": session["csrf"]}
    assert service.client.post("/api/v1/facilities", headers=mine, json=station()).status_code == 201
    other = service.client.post("/api/v1/facilities", headers=mine, json=station("他处", 250, 50))
    assert (other.status_code, other.json()["code"]) == (403, "outside_your_area")


def test_what_lies_in_no_area_any_more_is_kept_for_the_whole_city() -> None:
    check_mine(Actor("keeper", "administrator"), {})
    with pytest.raises(DeniedError, match="outside the area"):
        check_mine(Actor("jia", "administrator", (Grant("administrator", city.A),)), {})


def test_columns_and_geojson_hold_the_same_places(service: Service, keeper: dict[str, str]) -> None:
    for number in range(3):
        made(service, keeper, station(f"站{number}", 50 + number * 10))
    columns, page = listed(service, format="columns"), listed(service, limit=2)
    geojson = listed(service, format="geojson")["features"]
    assert columns["id"] == [one["id"] for one in geojson]
    assert (page["total"], len(page["items"])) == (3, 2)
    assert [one["id"] for one in listed(service, after=page["next"])["items"]] == columns["id"][2:]
    assert geojson[0]["geometry"]["coordinates"] == [columns["lon"][0], columns["lat"][0]]


def test_the_nearest_one_that_is_open(service: Service, keeper: dict[str, str]) -> None:
    near = made(service, keeper, station("近", 60, 50, opening_hours="周六 09:00-12:00"))
    far = made(service, keeper, station("远", 150, 50, opening_hours="每天 10:00-11:00"))
    made(service, keeper, station("不详", 50, 60, opening_hours=""))
    ask = {**at(50, 50), "datum": "wgs84"}

    def nearest(**more: Any) -> Answer:
        return service.client.get("/api/v1/facilities/nearest", headers=service.operator, params={**ask, **more}).json()

    everything = nearest(q="近")
    assert everything["straight_line"] is True
    assert [(one["facility"]["id"], one["distance_m"]) for one in everything["items"]] == [(near["id"], pytest.approx(10.0, abs=0.1))]
    now = nearest(open_at="now")  # a Tuesday, 10:30 in the city
    assert [one["facility"]["id"] for one in now["items"]] == [far["id"]]
    assert (now["items"][0]["distance_m"], now["unknown_hours"]) == (pytest.approx(100.0, abs=0.1), 1)
    assert nearest(open_at="2026-11-28T09:00:00+08:00")["items"][0]["facility"]["id"] == near["id"]
    assert nearest(datum="")["code"] in ("datum_missing", "datum_unknown")
    assert nearest(lon=0, lat=0)["code"] == "too_far"


def test_reach_adds_up_to_the_address_table(service: Service, keeper: dict[str, str]) -> None:
    made(service, keeper, station(x=50, y=50))
    ask = {"level": "micro_grid", "distances": "99,101,500"}
    report = service.client.get("/api/v1/facilities/reach", headers=service.operator, params=ask).json()
    assert report["whole"]["households"] == 152 == sum(one["households"] for one in report["items"]) + report["outside"]["households"]
    within = {one["code"]: one["within"] for one in report["items"] if one["households"]}
    # 1号楼 stands at the place, both stairwells of the tower 100 and 102 m away (99 < 100 < 101 < 102), 3号楼 230 m
    assert within == {f"{city.A1}01": [40, 40, 40], f"{city.A1}02": [0, 30, 30], f"{city.A1}03": [0, 0, 32], f"{city.B1}01": [0, 0, 50]}
    assert report["whole"]["within"] == [40, 70, 152]
    community = service.client.get("/api/v1/facilities/reach", headers=service.operator, params={"area": city.A, "level": "grid"}).json()
    assert (community["whole"]["households"], community["whole"]["shares"]) == (102, [1.0, 1.0, 1.0])
    for wrong in ({"level": "galaxy"}, {"distances": "0"}, {"distances": "1,2,3,4,5,6,7"}, {"distances": "²"}):
        assert service.client.get("/api/v1/facilities/reach", headers=service.operator, params=wrong).status_code == 422


def test_reach_without_any_place_reaches_nobody(service: Service) -> None:
    report = service.client.get("/api/v1/facilities/reach", headers=service.operator).json()
    assert (report["facilities"], report["whole"]["within"], report["whole"]["mean_m"]) == (0, [0, 0, 0], None)
    assert service.client.get("/maps/reach", headers=service.operator).status_code == 200


# Photos


def photographed(service: Service, keeper: dict[str, str], one: Answer, data: bytes, **more: str) -> Answer:
    headers = {**keeper, "If-Match": f'"{one["version"]}"', "Content-Type": "image/jpeg", **more}
    return service.client.post(f"/api/v1/facilities/{one['id']}/photos", headers=headers, params={"caption": "正门"}, content=data)


def test_a_photo_is_kept_without_what_was_hidden_in_it(service: Service, keeper: dict[str, str], tmp_path: Path) -> None:
    one = photographed(service, keeper, made(service, keeper, station()), jpeg()).json()
    [photo] = one["photos"]
    assert (photo["width"], photo["height"], photo["caption"], one["version"]) == (640, 400, "正门", 2)
    for address in (photo["url"], photo["thumbnail"]):
        served = service.client.get(address, headers=service.operator)
        assert served.headers["content-type"] == "image/jpeg"
        assert served.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in served.headers["content-security-policy"]
        assert CANARY not in served.content
        assert service.client.get(address).status_code == 401
    kept = [path for path in (tmp_path / "var" / "media").rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert not any(CANARY in path.read_bytes() for path in kept)
    twice = photographed(service, keeper, one, jpeg())
    assert (twice.status_code, twice.json()["code"]) == (409, "photo_there")
    headers = {**keeper, "If-Match": '"2"'}
    left = service.client.delete(f"/api/v1/facilities/{one['id']}/photos/{photo['digest']}", headers=headers).json()
    assert left["photos"] == []
    history = service.client.get(f"/api/v1/facilities/{one['id']}/history", headers=service.operator).json()
    assert [entry["kind"] for entry in history][:2] == ["facility_photo_removed", "facility_photo_added"]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (png_head(60000, 60000), 413, "too_many_pixels"),
        (b"<html></html>", 422, "not_a_picture"),
        (b"", 422, "empty_file"),
        (b"\xff\xd8" + b"\0" * 13 * 2**20, 413, "body_too_large"),
    ],
)
def test_what_is_no_fit_photo_is_refused(service: Service, keeper: dict[str, str], data: bytes, status: int, code: str) -> None:
    answer = photographed(service, keeper, made(service, keeper, station()), data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_photo_for_an_old_version_is_refused(service: Service, keeper: dict[str, str]) -> None:
    one = made(service, keeper, station())
    changed(service, keeper, one, phone="0353-1234567")
    assert photographed(service, keeper, one, jpeg()).status_code == 412
