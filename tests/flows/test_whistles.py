"""The street's whistle over HTTP: agencies report in or not, the street rates them, and an unanswered one leads to consultation."""

import datetime as dt
from typing import Any

import pytest

from geo_service import event_log
from tests.flows.acting import Act
from tests.flows.conftest import NOW
from tests.flows.room import DAY, FIRE, HOUSING, ROADS, WATER, Room
from tests.flows.test_consultation import instant
from tests.flows.test_dispatching import reported, the_row_is_the_fold_of_its_events

STREET = "post:4"
HOUR = dt.timedelta(hours=1)


def blow(room: Room, *, who: str = STREET, status: int = 201, **said: Any) -> dict[str, Any]:
    usual = {"agencies": [HOUSING, WATER, FIRE], "about": "smell of gas", "due_at": (room.service.clock.at + 2 * HOUR).isoformat()}
    return room.do("whistles", {**usual, **said}, who=who, status=status)


def answer(room: Room, number: int, verb: str, *, who: str, status: int = 200, **said: Any) -> dict[str, Any]:
    return room.do(f"whistles/{number}/actions/{verb}", said, who=who, status=status)


def standings(whistle: dict[str, Any]) -> dict[str, str]:
    return {call["agency"]: call["standing"] for call in whistle["calls"]}


def test_agencies_report_in_and_the_street_rates_them(room: Room, act: Act) -> None:
    case_id = reported(room.service)
    act(case_id, "file")
    one = blow(room, case_id=case_id)
    number, due = one["whistle_id"], instant(one["due_at"])
    assert (one["street"], one["street_name"], one["state"]) == (STREET, "street or town office 赵四", "waiting")
    answer(room, number, "report_in", who=HOUSING)
    assert answer(room, number, "report_in", who=HOUSING, status=409)["code"] == "reported_already"
    assert answer(room, number, "rate", who=STREET, agency=WATER, stars=1, status=409)["code"] == "still_waiting"
    assert room.tick(due) == 0
    assert room.tick(due + 3 * DAY) == 2  # nobody looked for three days: who was absent is written down, and the case enters consultation
    assert room.tick() == 0
    late = answer(room, number, "report_in", agency=WATER, who="operator")
    assert standings(late) == {HOUSING: "in_time", WATER: "late", FIRE: "absent"}
    assert (late["over_at"], late["state"]) == (one["due_at"], "over")
    rated = answer(room, number, "rate", who=STREET, agency=HOUSING, stars=5, words="quick")
    assert [call["stars"] for call in rated["calls"]] == [5, None, None]
    answer(room, number, "rate", who="operator", agency=FIRE, stars=1)
    assert answer(room, number, "rate", who=STREET, agency=FIRE, stars=2, status=409)["code"] == "rated_already"
    events = room.see(f"cases/{case_id}/events")["items"]
    told = [(e["kind"], e["actor"]) for e in events if "whistle" in e["kind"] or e["kind"] == "agency_reported_in"]
    assert told == [
        ("whistle_blown", STREET),
        ("agency_reported_in", HOUSING),
        ("whistle_over", "system"),
        ("agency_reported_in", "desk 1"),
        ("whistle_rated", STREET),
        ("whistle_rated", "desk 1"),
    ]
    [over] = [e for e in events if e["kind"] == "whistle_over"]
    assert over["data"]["absent"] == [WATER, FIRE]
    [entered] = room.see(f"cases/{case_id}/consultations")["items"]
    assert (entered["entry"], entered["invited"], entered["lead"]) == ("whistle_unanswered", 3, HOUSING)
    assert instant(room.see(f"consultations/{entered['consultation_id']}")["facts"]["since_at"]) == due
    the_row_is_the_fold_of_its_events(room.service, case_id)


def test_figures_per_agency_reconcile_with_the_list(room: Room) -> None:
    numbers = [blow(room)["whistle_id"] for _ in range(3)]
    for number in numbers:
        answer(room, number, "report_in", who=HOUSING)
    room.service.clock.at += 3 * HOUR
    answer(room, numbers[0], "report_in", who=WATER)
    answer(room, numbers[0], "rate", who=STREET, agency=HOUSING, stars=5)
    answer(room, numbers[1], "rate", who=STREET, agency=HOUSING, stars=2)
    latest = blow(room, agencies=[WATER])["whistle_id"]
    figures = {one["agency"]: one for one in room.see("whistles/figures")["items"]}
    names = ("asked", "in_time", "late", "never", "waiting", "rated", "mean_stars")
    assert {agency: tuple(one[name] for name in names) for agency, one in figures.items()} == {
        HOUSING: (3, 3, 0, 0, 0, 2, 3.5),
        WATER: (4, 0, 1, 2, 1, 0, None),
        FIRE: (3, 0, 0, 3, 0, 0, None),
    }
    for agency, one in figures.items():
        assert room.see(f"whistles?agency={agency}")["total"] == one["asked"]
        assert room.see(f"whistles?waiting_for={agency}")["total"] == one["never"] + one["waiting"]
    assert [one["whistle_id"] for one in room.see("whistles?state=waiting")["items"]] == [latest]
    assert room.see("whistles?state=over&limit=2")["next"] == numbers[1]
    assert room.see(f"whistles?before={numbers[1]}")["total"] == 4
    assert [one["whistle_id"] for one in room.see("whistles?limit=1", who=FIRE)["items"]] == [numbers[2]]
    assert room.see("whistles", who=ROADS)["total"] == 0
    room.see(f"whistles/{latest}", who=ROADS, status=404)
    assert {one["agency"] for one in room.see("whistles/figures?agency=" + WATER)["items"]} == {WATER}
    since = NOW.isoformat().replace("+", "%2B")
    assert room.see(f"whistles?from={since}&unrated=true")["total"] == 4


def test_a_whistle_about_no_case_stands_in_the_log_of_the_city(room: Room) -> None:
    number = blow(room, who="operator", street=STREET)["whistle_id"]
    assert room.tick(room.service.clock.at + DAY) == 1
    with room.service.database.reading() as connection:
        told = [e for e in event_log.after(connection, 0) if e.data.get("whistle_id") == number]
        assert [(e.kind, e.case_id, e.actor) for e in told] == [("whistle_blown", None, "desk 1"), ("whistle_over", None, "system")]
        assert event_log.first_break(connection) is None


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"agencies": []}, 422, "bad_whistle"),
        ({"agencies": ["agency:nobody"]}, 422, "unknown_owner"),
        ({"agencies": [STREET]}, 422, "bad_whistle"),
        ({"due_at": NOW.isoformat()}, 422, "bad_whistle"),
        ({"due_at": "2026-12-01T10:00:00"}, 422, "malformed"),
        ({"about": "a\x00b"}, 422, "malformed"),
        ({"case_id": 99}, 404, "case_not_found"),
        ({"case_id": True}, 422, "malformed"),
        ({"street": HOUSING}, 403, "not_your_voice"),
    ],
)
def test_whistles_that_cannot_be_blown(room: Room, said: dict[str, Any], status: int, code: str) -> None:
    assert blow(room, status=status, **said)["code"] == code


def test_who_may_not(room: Room, act: Act) -> None:
    assert blow(room, who=HOUSING, status=403)["code"] == "may_not_blow"
    assert blow(room, who="operator", status=422)["code"] == "say_for_whom"
    case_id = reported(room.service)
    act(case_id, "not_accept", {"reason": "outside_duty"})
    assert blow(room, case_id=case_id, status=409)["code"] == "case_ended"
    number = blow(room, agencies=[HOUSING, WATER])["whistle_id"]
    assert answer(room, number, "report_in", who="operator", agency=FIRE, status=403)["code"] == "not_called"
    assert answer(room, number, "report_in", who=WATER, agency=HOUSING, status=403)["code"] == "not_your_voice"
    assert answer(room, number, "fly", who="operator", status=404)["code"] == "unknown_event"
    answer(room, number, "report_in", who=HOUSING)
    assert answer(room, number, "rate", who=HOUSING, agency=HOUSING, stars=5, status=403)["code"] == "not_the_street"
    assert answer(room, number, "rate", who=STREET, agency=HOUSING, stars=6, status=422)["code"] == "malformed"
    path, head = f"whistles/{number}/actions/rate", {"Idempotency-Key": "w-1", "If-Match": '"2"'}
    first = room.do(path, {"agency": HOUSING, "stars": 4}, who=STREET, **head)
    assert room.do(path, {"agency": HOUSING, "stars": 4}, who=STREET, **head) == first
    stale = {"If-Match": '"1"'}
    assert room.do(path, {"agency": HOUSING, "stars": 4}, who=STREET, status=412, **stale)["code"] == "moved_on"
