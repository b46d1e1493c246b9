"""What somebody with bad intentions tries first, and what comes of it; on both databases.

Beside these: planted sessions, tokens of other sessions and locked names (test_accounts), ids of others (test_scopes), power beyond one's
own (test_area_administrators, test_area_planners, test_area_people), phones as an oracle (test_reporters, test_desk), addresses inside,
redirects, replays and receivers that hang (tests of notify), tampering with the log (test_audit).
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import logging

import pytest
import sqlalchemy as sa

from geo_service import event_log
from geo_service.accounts import Grant, create_key
from geo_service.accounts.second_factor import code_at, new_secret
from geo_service.accounts.sessions import REMEMBERED
from geo_service.accounts.tables import access_entry, attempt
from tests import city
from tests.flows.conftest import NOW, Service
from tests.flows.test_accounts import PASSWORD, account, browser, sign_in
from tests.flows.test_reporting import body, send

HOUR = dt.timedelta(hours=1)


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def web_token(algorithm: str, key: bytes) -> str:
    """A JSON web token that names its algorithm and is signed with what an attacker has."""
    said = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part({'sub': 'root', 'role': 'administrator', 'exp': 4102444800})}"
    signed = hmac.new(key, said.encode(), hashlib.sha256).digest() if algorithm != "none" else b""
    return f"{said}.{base64.urlsafe_b64encode(signed).rstrip(b'=').decode()}"


def test_no_token_that_says_how_it_is_to_be_checked_is_believed(service: Service) -> None:
    account(service, "root", Grant("administrator"))
    public = service.client.get("/openapi.json").content
    for token in (
        web_token("none", b""),
        web_token("None", b""),
        web_token("HS256", b""),
        web_token("HS256", public),
        web_token("RS256", public),
    ):
        for headers in ({"Authorization": f"Bearer {token}"}, {"X-API-Key": token}, {"Authorization": f"Bearer\t{token}"}):
            answer = service.client.get("/api/v1/me", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "bad_key")
        answer = service.client.get("/api/v1/me", headers={"Cookie": f"citygrid_session={token}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "session_expired")


def test_a_good_cookie_does_not_stand_in_for_a_bad_key(service: Service) -> None:
    account(service, "one", Grant("operator"))
    client = browser(service)
    sign_in(client, "one")
    for header in ("Bearer", "Bearer x", "Basic eDp5", "Negotiate", " "):
        answer = client.get("/api/v1/me", headers={"Authorization": header})
        assert answer.status_code == 401 or header == " ", header


def test_an_hour_off_ends_what_was_begun_and_opens_nothing(service: Service) -> None:
    """The clock of the machine jumps: sessions of a time to come are not believed, old ones not revived, codes of another hour refused."""
    secret = new_secret()
    account(service, "root", Grant("administrator"), secret=secret)
    client = browser(service)
    sign_in(client, "root", totp=code_at(secret, NOW))
    for at in (NOW - HOUR, NOW + HOUR):
        service.clock.at = at
        assert client.get("/api/v1/me").json()["code"] == "session_expired"
        other = browser(service)
        said = {"username": "root", "password": PASSWORD, "totp": code_at(secret, NOW)}
        assert other.post("/api/v1/session", json=said).json()["code"] == "bad_credentials"
    service.clock.at = NOW + HOUR
    sign_in(browser(service), "root", totp=code_at(secret, NOW + HOUR))
    service.clock.at = NOW  # set right again: the code of the hour to come was the last one used, so that no code counts twice
    answer = browser(service).post("/api/v1/session", json={"username": "root", "password": PASSWORD, "totp": code_at(secret, NOW)})
    assert answer.json()["code"] == "bad_credentials"


def test_codes_and_passwords_cannot_be_tried_out(service: Service) -> None:
    secret = new_secret()
    account(service, "root", Grant("administrator"), secret=secret)
    said = [
        browser(service).post("/api/v1/session", json={"username": "root", "password": PASSWORD, "totp": f"{n:06}"}).json()["code"]
        for n in range(5)
    ]
    assert said[-1] == "locked_out"
    account(service, "clerk", Grant("operator"))
    client = browser(service)
    sign_in(client, "clerk")
    tried = [client.post("/api/v1/me/password", json={"current": f"guess {n}", "password": "another good one"}) for n in range(6)]
    assert [answer.json()["code"] for answer in tried] == ["bad_current"] * 4 + ["locked_out"] * 2
    right = client.post("/api/v1/me/password", json={"current": PASSWORD, "password": "another good one"})
    assert (right.status_code, right.json()["code"]) == (429, "locked_out")
    service.clock.at = NOW + dt.timedelta(minutes=16)
    assert client.post("/api/v1/me/password", json={"current": PASSWORD, "password": "another good one"}).status_code == 204


def test_what_was_typed_as_a_name_is_nowhere_kept(service: Service) -> None:
    typed = "my secret passphrase"
    service.client.post("/api/v1/session", json={"username": typed, "password": "whatever it was"})
    with service.database.reading() as connection:
        rows = str(connection.execute(sa.select(attempt)).all()) + str([one.data for one in event_log.after(connection, 0)])
        assert connection.execute(sa.select(sa.func.count()).select_from(attempt)).scalar_one() == 1
    assert typed not in rows
    service.clock.at = NOW + REMEMBERED + HOUR
    service.background()
    with service.database.reading() as connection:
        assert connection.execute(sa.select(attempt)).all() == []


def test_no_line_of_a_log_and_no_header_is_forged(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    forged = "x\r\nX-Injected: yes\r\n\r\n<script>"
    account(service, "one", Grant("operator"))
    bad = [
        service.client.get("/api/v1/cases/%0d%0aX-Injected:%20yes", headers=service.operator),
        service.client.get("/api/v1/nothing%0d%0a2026-11-24%20INFO%20signed%20in", headers=service.operator),
        service.client.get("/api/v1/cases", params={"text": forged}, headers=service.operator),
        service.client.get("/api/v1/audit/events", params={"actor": forged}),
        service.client.get("/maps/areas", params={"lang": forged}, headers=service.operator),
        service.client.get("/api/v1/cases", headers={**service.operator, "Accept-Language": "zh\x0bX-Injected"}),
        service.client.post("/api/v1/session", json={"username": forged, "password": forged}),
        service.client.post("/api/v1/reports", json={**body(50, 50), "description": forged}),
        service.client.get("/api/v1/generations/1/areas", params={"level": forged}, headers=service.operator),
    ]
    service.state.accesses.flush()
    for answer in bad:
        assert answer.status_code < 500, answer.text
        assert "x-injected" not in {name.lower() for name in answer.headers}
        assert "\n" not in "".join(answer.headers.values())
    for record in caplog.records:
        assert "\r" not in record.getMessage(), record
        assert "X-Injected: yes" not in record.getMessage(), record
    with service.database.reading() as connection:
        paths = connection.execute(sa.select(access_entry.c.path)).scalars().all()
    assert paths
    assert all("\n" not in path for path in paths), paths


def test_a_role_bound_anew_in_the_middle_of_a_session_sees_no_more_of_what_it_lost(service: Service) -> None:
    inside, outside = (send(service, body(x, 50))["case_id"] for x in (50, 250))
    made = account(service, "desk.9", Grant("operator"))
    client = browser(service)
    sign_in(client, "desk.9")
    assert [client.get(f"/api/v1/cases/{one}").status_code for one in (inside, outside)] == [200, 200]
    with service.database.writing() as connection:
        root = create_key(connection, name="root", role="administrator", at=NOW, by="test")
    changed = service.client.patch(
        f"/api/v1/accounts/{made}",
        json={"grants": [{"role": "operator", "area_code": city.A}]},
        headers={"Authorization": f"Bearer {root}", "If-Match": '"1"'},
    )
    assert changed.status_code == 200, changed.text
    assert [client.get(f"/api/v1/cases/{one}").status_code for one in (inside, outside)] == [200, 404]
    assert client.get("/api/v1/cases").json()["total"] == 1


def test_ledgers_are_kept_of_ones_own_part(service: Service) -> None:
    with service.database.writing() as connection:
        key = create_key(connection, name="desk of B", role="operator", at=NOW, by="test", grant=Grant("operator", city.B))
    headers = {"Authorization": f"Bearer {key}"}
    visit = {"person_id": 1, "area_code": f"{city.A1}01", "visited_at": NOW.isoformat(), "found": "x"}
    answer = service.client.post("/api/v1/visits", json=visit, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "outside_your_area")
    lon, lat = city.lonlat(280, 50)
    for post_id, told in ((2, (404, "post_not_found")), (987_654, (404, "post_not_found"))):
        patrol = {"post_id": post_id, "text": "x", "lon": lon, "lat": lat, "datum": "wgs84"}
        answer = service.client.post("/api/v1/patrols", json=patrol, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == told
