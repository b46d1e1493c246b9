"""What clients get wrong: a clear problem document each time, never a 5xx, nothing lost."""

import pytest
import sqlalchemy as sa

from geo_service.cases.tables import case_record
from tests.flows.conftest import Service

GOOD = '{"lon": 113.58, "lat": 37.86, "datum": "wgs84", "description": "x"}'


def raw(service: Service, content: str | bytes, **headers: str) -> tuple[int, dict]:
    answer = service.client.post("/api/v1/reports", content=content, headers={"Content-Type": "application/json", **headers})
    assert answer.headers["content-type"] == "application/problem+json" or answer.status_code == 201
    return answer.status_code, answer.json()


def test_the_good_one_is_good(service: Service) -> None:
    assert raw(service, GOOD)[0] == 201


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (GOOD.replace("113.58", "NaN"), "lon"),
        (GOOD.replace("113.58", "Infinity"), "lon"),
        (GOOD.replace("113.58", "-Infinity"), "lon"),
        (GOOD.replace("113.58", "1e999"), "lon"),
        (GOOD.replace("113.58", "true"), "lon"),
        (GOOD.replace("113.58", '"113.58"'), "lon"),
        (GOOD.replace("113.58", "[113.58]"), "lon"),
        (GOOD.replace('"x"', '"\\ud800"'), None),
        (GOOD.replace('"x"', '"   "'), "description"),
        (GOOD.replace('"x"', "7"), "description"),
        (GOOD.replace('"x"', '"x", "surprise": 1'), "surprise"),
        (GOOD.replace('"x"', '"x", "accuracy_m": -1'), "accuracy_m"),
        (GOOD.replace('"x"', '"x", "channel": "pigeon"'), "channel"),
        (GOOD.replace('"x"', '"x", "reporter": {"phone": "call me"}'), "reporter.phone"),
        ('{"lon": 113.58, "lat": 37.86, "datum": "wgs84"}', "description"),
        ("[]", None),
        ("null", None),
        ("{", None),
        ("", None),
        ("[" * 50_000, None),
        (b"\xd6\xd0\xce\xc4", None),
    ],
)
def test_a_malformed_body_names_the_field(service: Service, content: str | bytes, field: str | None) -> None:
    status, problem = raw(service, content)
    assert (status, problem["code"], problem["status"]) == (422, "malformed", 422)
    assert problem["title"]
    assert problem["detail"]
    if field is not None:
        assert problem["errors"][0]["field"] == field
    with service.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(case_record)).scalar_one() == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (GOOD.replace('"wgs84"', "null"), "datum_missing"),
        (GOOD.replace("wgs84", "WGS84"), "datum_unknown"),
        (GOOD.replace('"lat": 37.86, ', ""), "half_a_point"),
        ('{"description": "x"}', "no_place"),
        (GOOD.replace("113.58", "37.86").replace('"lat": 37.86', '"lat": 113.58'), "out_of_range"),
        (GOOD.replace('"x"', '"x", "category": "gb47678:matter:99999"'), "unknown_category"),
    ],
)
def test_a_report_that_cannot_be_is_refused_with_its_reason(service: Service, content: str, code: str) -> None:
    status, problem = raw(service, content)
    assert (status, problem["code"]) == (422, code)


def test_a_body_over_the_limit_is_refused_unread(service: Service) -> None:
    unknown = "{" + ",".join(f'"k{n}": 1' for n in range(100_000)) + "}"
    assert raw(service, unknown)[0] == 413
    few = GOOD[:-1] + "," + ",".join(f'"k{n}": 1' for n in range(5_000)) + "}"
    status, problem = raw(service, few)
    assert status == 422
    assert len(problem["errors"]) == 20


def test_problems_speak_the_callers_language(service: Service) -> None:
    chinese = raw(service, '{"description": "x"}', **{"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})[1]
    english = raw(service, '{"description": "x"}', **{"Accept-Language": "en-GB"})[1]
    neither = raw(service, '{"description": "x"}', **{"Accept-Language": "fr"})[1]
    assert "请说明位置" in chinese["detail"]
    assert "say where" in english["detail"]
    assert neither["detail"] == chinese["detail"]
    malformed = raw(service, "{", **{"Accept-Language": "zh"})[1]
    assert malformed["title"] == "请求内容有误"


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel"])
def test_a_bad_idempotency_key_is_refused(service: Service, key: str) -> None:
    answer = service.client.post("/api/v1/reports", content=GOOD, headers={"Idempotency-Key": key.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_idempotency_key")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/locate?lon=NaN&lat=1&datum=wgs84", 422),
        ("/api/v1/locate?lon=1e999&lat=1&datum=wgs84", 422),
        ("/api/v1/locate?lon=true&lat=1&datum=wgs84", 422),
        ("/api/v1/locate?lat=1&datum=wgs84", 422),
        ("/api/v1/locate?lon=113&lat=37&datum=wgs84&accuracy_m=0", 422),
        ("/api/v1/locate?lon=113&lat=37&datum=wgs84&accuracy_m=1e9", 422),
        ("/api/v1/locate?lon=37&lat=113&datum=wgs84", 422),
        ("/api/v1/locate?lon=113&lat=37&datum=wgs84&surprise=1", 422),
        ("/api/v1/locate?lon=113&lat=37&datum=wgs84&at=2026-01-01T00:00:00", 422),
        ("/api/v1/locate?lon=113&lat=37&datum=wgs84&generation=1&at=2026-05-01T00:00:00Z", 422),
        ("/api/v1/locate?lon=113&lat=37&datum=wgs84&generation=99999999999999999999", 422),
        ("/api/v1/cases/99999999999999999999", 422),
        ("/api/v1/cases/0", 422),
        ("/api/v1/cases/12345", 404),
        ("/api/v1/cases?before=99999999999999999999", 422),
        ("/api/v1/cases?state=lost", 422),
        ("/api/v1/areas?level=planet", 422),
        ("/api/v1/areas?parent=0", 404),
        ("/api/v1/areas/0", 404),
        ("/api/v1/geocode?text=", 422),
        ("/api/v1/geocode", 422),
        ("/api/v1/nothing", 404),
        ("/maps/nothing", 404),
    ],
)
def test_a_bad_query_is_a_problem_and_never_a_5xx(service: Service, path: str, status: int) -> None:
    answer = service.client.get(path, headers=service.operator)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_method_nobody_offers_is_a_problem(service: Service) -> None:
    answer = service.client.delete("/api/v1/cases", headers=service.operator)
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"lons": [1.0], "lats": [1.0, 2.0], "datum": "wgs84"}, "unequal_columns"),
        ({"lons": [1.0], "lats": [91.0], "datum": "wgs84"}, "out_of_range"),
        ({"lons": [1.0], "lats": [1.0]}, "datum_missing"),
        ({"lons": ["1"], "lats": [1.0], "datum": "wgs84"}, "malformed"),
        ({"lons": [True], "lats": [1.0], "datum": "wgs84"}, "malformed"),
        ({"lons": [0.0] * 100_001, "lats": [0.0] * 100_001, "datum": "wgs84"}, "malformed"),
    ],
)
def test_a_bad_batch_is_refused(service: Service, body: dict, code: str) -> None:
    answer = service.client.post("/api/v1/locate/batch", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
