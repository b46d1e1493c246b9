"""Cases are followed: lists that page and filter, one case with its history, areas with their shapes, workers, addresses."""

import pytest
import sqlalchemy as sa

from tests import city
from tests.flows.conftest import Service
from tests.flows.test_reporting import body, send


def get(service: Service, path: str, **query: object) -> dict:
    answer = service.client.get(path, params=query, headers=service.operator)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_list_pages_through_all_cases_newest_first(service: Service) -> None:
    ids = [send(service, body(50, 50))["case_id"] for _ in range(5)]
    first = get(service, "/api/v1/cases", limit=2)
    assert (first["total"], [c["case_id"] for c in first["items"]]) == (5, ids[:-3:-1])
    seen = [c["case_id"] for c in first["items"]]
    following = first["next"]
    while following is not None:
        page = get(service, "/api/v1/cases", limit=2, before=following)
        seen += [c["case_id"] for c in page["items"]]
        following = page["next"]
    assert seen == ids[::-1]


def test_lists_filter_by_area_of_any_level_state_channel_and_category(service: Service) -> None:
    one = send(service, body(50, 50, category="gb47678:matter:06010"))["case_id"]
    other = send(service, body(400, 100, channel="hotline"))["case_id"]
    listed = {name: [c["case_id"] for c in get(service, "/api/v1/cases", **query)["items"]] for name, query in {
        "grid": {"area": city.A1},
        "street": {"area": city.STREET},
        "village": {"area": city.V},
        "channel": {"channel": "hotline"},
        "category": {"category": "gb47678:matter:06010"},
        "state": {"state": ["received", "filed"]},
        "closed": {"state": "closed"},
    }.items()}  # fmt: skip
    assert listed == {
        "grid": [one],
        "street": [other, one],
        "village": [other],
        "channel": [other],
        "category": [one],
        "state": [other, one],
        "closed": [],
    }


def test_a_case_carries_its_version_and_its_names_in_the_callers_language(service: Service) -> None:
    case_id = send(service, body(50, 50, category="gb47678:matter:06010"))["case_id"]
    answer = service.client.get(f"/api/v1/cases/{case_id}", headers=service.operator)
    assert answer.headers["ETag"] == '"1"'
    assert (answer.json()["state_name"], answer.json()["category_name"]) == ("received", "暴露垃圾")
    chinese = service.client.get(f"/api/v1/cases/{case_id}", headers={**service.operator, "Accept-Language": "zh-CN"}).json()
    assert (chinese["state_name"], chinese["responsible"]["post"]) == ("已接收", "微网格长")


def test_areas_page_and_show_their_shapes(service: Service) -> None:
    communities = get(service, "/api/v1/areas", level="community")
    assert [(a["code"], a["kind"]) for a in communities["items"]] == [(city.A, "community"), (city.B, "community"), (city.V, "village")]
    assert [a["code"] for a in get(service, "/api/v1/areas", parent=city.A1)["items"]] == [f"{city.A1}0{n}" for n in (1, 2, 3)]
    seen: list[str] = []
    page: dict = {"next": ""}
    while page["next"] is not None:
        page = get(service, "/api/v1/areas", limit=4, **({"after": page["next"]} if page["next"] else {}))
        seen += [a["code"] for a in page["items"]]
    assert len(seen) == page["total"] == len(set(seen)) == 16
    leaf, parent, sharer = (get(service, f"/api/v1/areas/{code}") for code in (f"{city.A1}01", city.A, f"{city.A1}03"))
    lon, lat = city.lonlat(0, 0)
    assert [lon, lat] in leaf["geometry"]["coordinates"][0]
    assert parent["geometry"]["type"] == "Polygon"
    assert parent["areas"]["street"] == city.STREET
    assert sharer["geometry"] is None


def test_workers_are_listed_with_their_holders_and_stand_ins(service: Service) -> None:
    everyone = get(service, "/api/v1/workers", limit=3)
    assert (everyone["total"], len(everyone["items"]), everyone["next"]) == (8, 3, 3)
    grid = get(service, "/api/v1/workers", area=city.B1)["items"]
    assert [(h["name"], h["stands_in"]) for h in grid[0]["holders"]] == [("周七", False), ("郑九", True)]
    assert get(service, "/api/v1/workers", role="street_office")["items"][0]["agency"] == "测试街道办事处"


def test_reverse_names_the_addresses_around_a_point(service: Service) -> None:
    lon, lat = city.lonlat(149, 50)
    found = get(service, "/api/v1/reverse", lon=lon, lat=lat, datum="wgs84")["addresses"]
    assert [a["text"] for a in found[:2]] == ["阳光小区2号楼1单元", "阳光小区2号楼2单元"]
    assert found[0]["distance_m"] == pytest.approx(1, abs=0.1)


def test_geocoding_says_how_deep_it_got(service: Service) -> None:
    found = get(service, "/api/v1/geocode", text="阳光小区2号楼2单元")
    assert (found["level"], found["matches"][0]["areas"][0]["code"]) == ("stairwell", f"{city.A1}03")
    assert get(service, "/api/v1/geocode", text="说不清的地方") == {"query": "说不清的地方", "level": None, "matches": []}


def test_a_full_disk_is_told_and_loses_nothing(service: Service) -> None:
    if service.database.dialect == "sqlite":
        with service.wiring.database.engines.write.connect() as connection:
            pages = connection.execute(sa.text("PRAGMA page_count")).scalar_one()
            connection.execute(sa.text(f"PRAGMA max_page_count = {pages}"))
        answers = [service.client.post("/api/v1/reports", json=body(50, 50, description="满" * 9_000)) for _ in range(4)]
        assert {a.status_code for a in answers} == {507}
        assert answers[0].json()["code"] == "store_full"
    assert get(service, "/api/v1/cases")["total"] == 0
    assert service.client.get("/health/ready").status_code == 200
