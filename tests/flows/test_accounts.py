"""Signing in and administering accounts over HTTP, on both databases."""

import datetime as dt

import pytest
from starlette.testclient import TestClient

from geo_service import event_log
from geo_service.accounts import Grant
from geo_service.accounts.registry import create_account, set_second_factor
from geo_service.accounts.second_factor import code_at, new_secret
from tests.flows.conftest import NOW, Service

PASSWORD = "correct horse battery"


def account(service: Service, username: str, *grants: Grant, must_change: bool = False, secret: str | None = None) -> int:
    with service.database.writing() as connection:
        made = create_account(
            connection,
            username=username,
            display_name=username.title(),
            password=PASSWORD,
            grants=grants,
            by="test",
            at=NOW,
            must_change=must_change,
        )
        if secret is not None:
            set_second_factor(connection, made.account_id, secret=secret, confirmed=True, step=0, by="test", at=NOW)
    return made.account_id


def browser(service: Service) -> TestClient:
    """Another browser on the same service."""
    other = TestClient(service.client.app, raise_server_exceptions=False)
    other.headers["Accept-Language"] = "en"
    return other


def sign_in(client: TestClient, username: str, password: str = PASSWORD, **more: str) -> str:
    answer = client.post("/api/v1/session", json={"username": username, "password": password, **more})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return str(answer.json()["csrf"])


@pytest.fixture
def administrator(service: Service) -> TestClient:
    secret = new_secret()
    account(service, "root", Grant("administrator"), secret=secret)
    client = browser(service)
    sign_in(client, "root", totp=code_at(secret, NOW))
    return client


def kinds(service: Service) -> list[str]:
    with service.database.reading() as connection:
        return [event.kind for event in event_log.after(connection, 0)]


def test_somebody_signs_in_sees_who_they_are_and_signs_out(service: Service) -> None:
    account(service, "desk.3", Grant("operator", "149901"))
    client = browser(service)
    assert client.get("/api/v1/session").json() == {"user": None, "csrf": None, "demo": False}
    assert client.get("/api/v1/me").status_code == 401
    answer = client.post("/api/v1/session", json={"username": " Desk.3 ", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    csrf = answer.json()["csrf"]
    me = client.get("/api/v1/me").json()
    assert (me["name"], me["roles"], me["kind"], me["pending"]) == ("desk.3", ["operator"], "user", [])
    assert me["grants"][0]["area_code"] == "149901"
    assert client.get("/api/v1/session").json()["csrf"] == csrf
    assert client.get("/api/v1/cases").status_code == 200
    assert client.delete("/api/v1/session").json()["code"] == "csrf"
    assert client.delete("/api/v1/session", headers={"X-CSRF-Token": csrf}).status_code == 204
    assert client.get("/api/v1/me").status_code == 401
    assert kinds(service)[-2:] == ["signed_in", "signed_out"]


def test_a_change_needs_the_token_of_its_own_session(service: Service) -> None:
    account(service, "one", Grant("operator"))
    account(service, "two", Grant("operator"))
    first, second = browser(service), browser(service)
    sign_in(first, "one")
    foreign = sign_in(second, "two")
    report = {"description": "a hole", "channel": "hotline", "address": "nowhere"}
    for token in ("", "0" * 64, foreign):
        answer = first.post("/api/v1/me/second-factor", headers={"X-CSRF-Token": token})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    answer = first.post("/api/v1/me/second-factor", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.json()["code"] == "cross_site"
    assert first.post("/api/v1/me/second-factor").status_code == 200
    assert first.post("/api/v1/reports", json=report).status_code != 403


def test_a_session_that_was_planted_is_not_taken_over(service: Service) -> None:
    account(service, "one", Grant("operator"))
    client = browser(service)
    planted = {"Cookie": "citygrid_session=planted-by-somebody"}
    assert client.get("/api/v1/me", headers=planted).json()["code"] == "session_expired"
    answer = client.post("/api/v1/session", json={"username": "one", "password": PASSWORD}, headers=planted)
    assert "planted" not in answer.headers["set-cookie"]
    assert client.get("/api/v1/me", headers=planted).json()["code"] == "session_expired"
    before = client.cookies["citygrid_session"]
    sign_in(client, "one")
    stolen = browser(service)
    stolen.cookies.set("citygrid_session", before)
    assert stolen.get("/api/v1/me").status_code == 401


def test_a_session_ends_when_unused_and_after_half_a_day(service: Service) -> None:
    account(service, "one", Grant("operator"))
    client = browser(service)
    sign_in(client, "one")
    service.clock.at = NOW + dt.timedelta(minutes=29)
    assert client.get("/api/v1/me").status_code == 200
    service.clock.at = NOW + dt.timedelta(minutes=58)
    assert client.get("/api/v1/me").status_code == 200
    service.clock.at = NOW + dt.timedelta(minutes=90)
    assert client.get("/api/v1/me").json()["code"] == "session_expired"
    sign_in(client, "one")
    began = NOW + dt.timedelta(minutes=90)
    for minutes in range(20, 740, 20):
        service.clock.at = began + dt.timedelta(minutes=minutes)
        answer = client.get("/api/v1/me")
        assert answer.status_code == (200 if minutes <= 720 else 401), minutes


def test_the_same_answer_for_a_wrong_name_and_a_wrong_password_and_both_lock(service: Service) -> None:
    account(service, "one", Grant("operator"))
    for name in ("one", "nobody.here"):
        client = browser(service)
        said = [client.post("/api/v1/session", json={"username": name, "password": "wrong password"}) for _ in range(5)]
        assert [answer.json()["code"] for answer in said] == ["bad_credentials"] * 4 + ["locked_out"]
        assert said[-1].status_code == 429
        assert int(said[-1].headers["retry-after"]) == 900
        right = client.post("/api/v1/session", json={"username": name, "password": PASSWORD})
        assert right.json()["code"] == "locked_out"
    service.clock.at = NOW + dt.timedelta(minutes=16)
    sign_in(browser(service), "one")
    assert kinds(service).count("locked_out") == 2
    with service.database.reading() as connection:
        assert "nobody.here" not in str([event.data for event in event_log.after(connection, 0)])


def test_an_administrator_without_a_second_factor_can_only_set_it_up(service: Service) -> None:
    account(service, "root", Grant("administrator"))
    client = browser(service)
    sign_in(client, "root")
    assert client.get("/api/v1/me").json()["pending"] == ["second_factor"]
    assert client.get("/api/v1/accounts").json()["code"] == "pending_second_factor"
    assert client.get("/api/v1/cases").json()["code"] == "pending_second_factor"
    secret = client.post("/api/v1/me/second-factor").json()["secret"]
    assert client.post("/api/v1/me/second-factor/confirm", json={"code": "000000"}).json()["code"] == "bad_code"
    assert client.post("/api/v1/me/second-factor/confirm", json={"code": code_at(secret, NOW)}).status_code == 204
    assert client.get("/api/v1/accounts").status_code == 200
    again = browser(service)
    body = {"username": "root", "password": PASSWORD}
    assert again.post("/api/v1/session", json=body).json()["code"] == "totp_required"
    assert again.post("/api/v1/session", json={**body, "totp": code_at(secret, NOW)}).json()["code"] == "bad_credentials"  # used
    later = NOW + dt.timedelta(minutes=1)
    service.clock.at = later
    assert again.post("/api/v1/session", json={**body, "totp": code_at(secret, later)}).status_code == 200


def test_a_password_given_by_another_is_good_for_one_thing(service: Service, administrator: TestClient) -> None:
    made = administrator.post(
        "/api/v1/accounts",
        json={"username": "desk.4", "display_name": "Desk 4", "password": PASSWORD, "grants": [{"role": "operator"}]},
    )
    assert made.status_code == 201, made.text
    client = browser(service)
    sign_in(client, "desk.4")
    assert client.get("/api/v1/cases").json()["code"] == "pending_password"
    wrong = client.post("/api/v1/me/password", json={"current": "no", "password": "another good one"})
    assert wrong.json()["code"] == "bad_current"
    same = client.post("/api/v1/me/password", json={"current": PASSWORD, "password": PASSWORD})
    assert same.json()["code"] == "same_password"
    other = browser(service)
    sign_in(other, "desk.4")
    assert client.post("/api/v1/me/password", json={"current": PASSWORD, "password": "another good one"}).status_code == 204
    assert client.get("/api/v1/cases").status_code == 200
    assert other.get("/api/v1/me").status_code == 401


def test_a_role_taken_away_in_the_middle_of_a_session_is_gone_at_the_next_call(service: Service, administrator: TestClient) -> None:
    made = account(service, "boss", Grant("operator"), Grant("supervisor"))
    client = browser(service)
    sign_in(client, "boss")
    assert "export" in client.get("/api/v1/me").json()["permissions"]
    path, body = f"/api/v1/accounts/{made}", {"grants": [{"role": "operator"}]}
    assert administrator.patch(path, json=body).status_code == 428
    assert administrator.patch(path, json=body, headers={"If-Match": '"7"'}).status_code == 412
    assert administrator.patch(path, json=body, headers={"If-Match": '"1"'}).status_code == 200
    assert "export" not in client.get("/api/v1/me").json()["permissions"]
    assert administrator.patch(path, json={"disabled": True}, headers={"If-Match": '"2"'}).json()["disabled_at"] is not None
    assert client.get("/api/v1/me").status_code == 401
    assert browser(service).post("/api/v1/session", json={"username": "boss", "password": PASSWORD}).json()["code"] == "bad_credentials"


def test_the_last_administrator_stays(service: Service, administrator: TestClient) -> None:
    root = next(one for one in administrator.get("/api/v1/accounts").json()["items"] if one["username"] == "root")
    path, match = f"/api/v1/accounts/{root['account_id']}", {"If-Match": f'"{root["version"]}"'}
    for body in ({"disabled": True}, {"grants": [{"role": "operator"}]}, {"grants": [{"role": "administrator", "area_code": "149901"}]}):
        assert administrator.patch(path, json=body, headers=match).json()["code"] == "last_administrator"
    assert administrator.get("/api/v1/accounts").status_code == 200


def test_only_administrators_administer_and_the_refusal_names_the_role(service: Service) -> None:
    for path in ("/api/v1/accounts", "/api/v1/keys"):
        assert service.client.get(path).status_code == 401
        answer = service.client.get(path, headers=service.operator)
        assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")
        assert "administrator" in answer.json()["detail"]
        chinese = service.client.get(path, headers={**service.operator, "Accept-Language": "zh-CN"})
        assert "管理员" in chinese.json()["detail"]


def test_a_key_is_made_with_its_bounds_and_ended(service: Service, administrator: TestClient) -> None:
    body = {"name": "hotline bridge", "role": "api", "area_code": "149901"}
    key = administrator.post("/api/v1/keys", json=body).json()["key"]
    bearer = {"Authorization": f"Bearer {key}"}
    me = service.client.get("/api/v1/me", headers=bearer).json()
    assert (me["kind"], me["roles"], me["grants"][0]["area_code"]) == ("key", ["api"], "149901")
    assert key not in administrator.get("/api/v1/keys").text
    assert administrator.delete("/api/v1/keys/hotline bridge").status_code == 204
    assert service.client.get("/api/v1/me", headers=bearer).json()["code"] == "bad_key"
    assert kinds(service)[-2:] == ["key_created", "key_revoked"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"username": "Root"}, "bad_username"),
        ({"username": "demo"}, "bad_username"),
        ({"username": "root"}, "username_taken"),
        ({"password": "short"}, "weak_password"),
        ({"display_name": "a\u202eb"}, "bad_display_name"),
        ({"grants": [{"role": "emperor"}]}, "unknown_role"),
        ({"grants": [{"role": "agency"}]}, "agency_unsaid"),
        ({"grants": [{"role": "operator", "area_code": "no-such"}]}, "unknown_area"),
        ({"grants": [{"role": "operator", "categories": []}]}, "no_categories"),
        ({"surprise": 1}, "malformed"),
    ],
)
def test_an_account_that_cannot_be_is_refused_and_nothing_is_kept(administrator: TestClient, change: dict[str, object], code: str) -> None:
    before = administrator.get("/api/v1/accounts").json()["items"]
    body = {"username": "desk.9", "display_name": "Desk 9", "password": PASSWORD, "grants": [{"role": "operator"}], **change}
    assert administrator.post("/api/v1/accounts", json=body).json()["code"] == code
    assert administrator.get("/api/v1/accounts").json()["items"] == before


def test_tokens_that_are_none_of_ours_are_refused(service: Service) -> None:
    unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."  # a JSON web token with algorithm "none"
    for header in (f"Bearer {unsigned}", "Bearer ", "Basic cm9vdDpyb290", "Bearer cgk_000000000000_x\tname: root"):
        answer = service.client.get("/api/v1/me", headers={"Authorization": header})
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_key")
