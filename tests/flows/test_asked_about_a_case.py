"""Whoever is asked about a case that is not theirs may read it and nothing more, on both databases."""

from tests.flows.acting import Act
from tests.flows.room import FIRE, HOUSING, ROADS, WATER, Room
from tests.flows.test_consultation import passed_around
from tests.flows.test_dispatching import reported
from tests.flows.test_whistles import blow


def only_reads(room: Room, case_id: int, who: str) -> None:
    seen = room.see(f"cases/{case_id}", who=who)
    assert seen["case_id"] == case_id
    assert seen["allowed"] == []
    assert room.see(f"cases/{case_id}/events", who=who)["items"]
    assert room.service.client.post(f"/api/v1/cases/{case_id}/viewing", headers=room.keys[who]).status_code == 204
    assert room.see("cases", who=who)["total"] == 0  # what waits for them is in the list of consultations, not among their own cases
    refused = room.do(f"cases/{case_id}/actions/sign", {}, who=who, status=403, **{"If-Match": f'"{seen["version"]}"'})
    assert refused["code"] == "outside_reach"


def test_an_agency_that_is_consulted_reads_the_case(room: Room, act: Act) -> None:
    case_id = reported(room.service)
    passed_around(act, case_id)
    number = room.convene(case_id)["consultation_id"]
    room.see(f"cases/{case_id}", who=FIRE, status=404)
    room.step(number, "invite", agencies=[FIRE])
    only_reads(room, case_id, FIRE)
    room.step(number, "opinion", stance="assists", words="a ladder, if needed", who=FIRE)
    for party, stance in ((HOUSING, "takes"), (WATER, "declines")):
        room.step(number, "opinion", stance=stance, words="by our duty list", who=party)
    room.step(number, "minutes", words="housing does it", attended=[HOUSING, FIRE], who=HOUSING)
    room.step(number, "rule", lead=HOUSING, words="duty list, item 3", who=HOUSING)
    only_reads(room, case_id, FIRE)  # what became of it
    for path in ("", "/events", "/consultations"):
        room.see(f"cases/{case_id}{path}", who=ROADS, status=404)
    assert room.do(f"cases/{case_id}/actions/sign", {}, who=ROADS, status=404, **{"If-Match": '"1"'})["code"] == "case_not_found"


def test_an_agency_that_is_called_by_a_whistle_reads_the_case(room: Room, act: Act) -> None:
    case_id, other = reported(room.service), reported(room.service)
    act(case_id, "file")
    blow(room, case_id=case_id, agencies=[FIRE, WATER])
    only_reads(room, case_id, FIRE)
    room.see(f"cases/{other}", who=FIRE, status=404)
    room.see(f"cases/{case_id}", who=ROADS, status=404)
