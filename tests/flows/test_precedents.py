"""Rulings that are meant for their kind: found again for the next case, and made a rule of the matrix by whoever may."""

from typing import Any

from geo_service import event_log
from geo_service.rulebooks import matrix_in_force
from tests.flows.acting import Act
from tests.flows.room import FIRE, HOUSING, ROADS, WATER, Room
from tests.flows.test_consultation import passed_around
from tests.flows.test_dispatching import RUBBISH, reported


def ruled(room: Room, act: Act, lead: str, **said: Any) -> tuple[int, dict[str, Any]]:
    """A case that was ruled on, and its consultation."""
    case_id = reported(room.service)
    passed_around(act, case_id)
    number = room.convene(case_id)["consultation_id"]
    for who in (HOUSING, WATER):
        room.step(number, "opinion", stance="declines", words="x", who=who)
    room.step(number, "minutes", words="x", attended=[HOUSING, WATER])
    return case_id, room.step(number, "rule", lead=lead, words="duty list, item 12", who="check 1", **said)


def decide(room: Room, number: int, verb: str, *, who: str = "admin 1", status: int = 200, **said: Any) -> dict[str, Any]:
    return room.do(f"rule-proposals/{number}/actions/{verb}", said, who=who, status=status)


def rules(room: Room) -> tuple[int, list[str]]:
    with room.service.database.reading() as connection:
        matrix = matrix_in_force(connection, at=room.service.clock.at)
    return matrix.version, [rule.rule_id for rule in matrix.rules]


def test_earlier_rulings_on_like_matters_are_found(room: Room, act: Act) -> None:
    first, one = ruled(room, act, ROADS)
    second, _ = ruled(room, act, FIRE)
    new = reported(room.service)
    passed_around(act, new)
    found = room.see(f"cases/{new}/precedents")["items"]
    assert [(item["case_id"], item["ruling"]["lead"]) for item in found] == [(second, FIRE), (first, ROADS)]
    assert found[0]["why"] == f"the same category; in the same micro_grid; both about {HOUSING}, {WATER}"
    assert (found[1]["consultation_id"], found[1]["ruling"]["lead_name"]) == (one["consultation_id"], "单位2")
    assert len(room.see(f"cases/{new}/precedents?limit=1")["items"]) == 1
    assert room.see(f"cases/{first}/precedents")["items"][0]["case_id"] == second  # never itself


def test_a_precedent_becomes_a_rule_that_decides_the_next_case(room: Room, act: Act) -> None:
    _, one = ruled(room, act, ROADS, precedent=True, cohandlers=[WATER])
    number = one["proposal_id"]
    version, before = rules(room)
    shown = room.see(f"rule-proposals/{number}")
    assert (shown["category"], shown["area"], shown["lead"], shown["state"]) == (RUBBISH, "149901", ROADS, "proposed")
    assert shown["effect"]["acceptable"] is True
    assert (shown["effect"]["before"]["complete"], shown["effect"]["after"]["complete"]) == (True, True)
    assert decide(room, number, "accept", who="operator", status=403)["code"] == "role_missing"
    assert decide(room, number, "accept", who=ROADS, status=403)["code"] == "role_missing"
    done = decide(room, number, "accept", note="agreed with both bureaus")
    assert (done["state"], done["matrix_version"], done["decided_by"]) == ("accepted", version + 1, "desk of admin 1")
    assert rules(room) == (version + 1, [*before, done["rule_id"]])
    assert done["effect"]["matrix_version"] == version  # as it was judged
    new = reported(room.service)
    act(new, "file")
    sent = act(new, "dispatch")
    assert (sent["owner"], sent["decision"]["rule"], sent["decision"]["matrix_version"]) == (ROADS, done["rule_id"], version + 1)
    assert f"会商裁定 2026-11-24 案件 {one['case_id']}" in sent["why"]
    assert decide(room, number, "decline", reason="x", status=409)["code"] == "proposal_decided"
    with room.service.database.reading() as connection:
        [told] = [e for e in event_log.after(connection, 0) if e.kind == "rules_changed"]
    assert (told.data["version"], told.data["proposal_id"], told.actor) == (version + 1, number, "desk of admin 1")


def test_a_rule_that_would_be_claimed_twice_is_refused_until_it_has_a_priority(room: Room, act: Act) -> None:
    _, first = ruled(room, act, ROADS, precedent=True)
    _, second = ruled(room, act, FIRE, precedent=True)
    decide(room, first["proposal_id"], "accept")
    version, _ = rules(room)
    number = second["proposal_id"]
    shown = room.see(f"rule-proposals/{number}")["effect"]
    assert (shown["acceptable"], shown["before"]["double_pairs"]) == (False, 0)
    assert shown["double_claims"][0]["leads"] == [FIRE, ROADS]
    refused = decide(room, number, "accept", status=409)
    assert (refused["code"], refused["errors"][0]["code"]) == ("double_claim", "double_claim")
    assert rules(room)[0] == version
    assert decide(room, number, "accept", category="gb47678:matter:99", status=422)["code"] == "unknown_subtree"
    assert decide(room, number, "accept", area="nowhere", status=422)["code"] == "unknown_subtree"
    assert decide(room, number, "accept", priority=1000, status=422)["code"] == "malformed"
    done = decide(room, number, "accept", priority=1)
    assert (done["priority"], rules(room)[0], done["effect"]["after"]["double_pairs"]) == (1, version + 1, 0)
    listed = room.see("rule-proposals?state=accepted&limit=1")
    assert (listed["total"], listed["items"][0]["proposal_id"], listed["next"]) == (2, number, number)


def test_a_proposal_is_declined_with_a_reason(room: Room, act: Act) -> None:
    _, one = ruled(room, act, ROADS, precedent=True, category="gb47678:matter:06", area="149900")
    number, version = one["proposal_id"], rules(room)[0]
    assert decide(room, number, "decline", status=422)["code"] == "malformed"
    head = {"If-Match": '"7"'}
    assert room.do(f"rule-proposals/{number}/actions/decline", {"reason": "x"}, who="admin 1", status=412, **head)["code"] == "moved_on"
    done = decide(room, number, "decline", reason="the duty list changes in May")
    assert (done["state"], done["reason"], done["category"], done["area"]) == (
        "declined",
        "the duty list changes in May",
        "gb47678:matter:06",
        "149900",
    )
    assert rules(room)[0] == version
    room.see("rule-proposals/99", status=404)
    _, plain = ruled(room, act, ROADS)
    assert plain["proposal_id"] is None
