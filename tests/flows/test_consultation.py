"""Hard matters over HTTP: consulted on in three tiers, ruled through the one workflow, entered by the rules; on both databases."""

import datetime as dt

from geo_service import event_log
from geo_service.cases.consultation import EntryRule, fold_consultation
from geo_service.cases.consulting.repository import found
from geo_service.cases.rule_versions import put_book
from geo_service.cases.workflow import Recorded
from geo_service.rulebooks.in_force import entry_rows
from tests.flows.acting import Act
from tests.flows.conftest import NOW
from tests.flows.room import CITY, DAY, FIRE, HOUSING, ROADS, WATER, Room
from tests.flows.test_dispatching import reported, the_row_is_the_fold_of_its_events, walk


def passed_around(act: Act, case_id: int, *, reason: str = "unclear_ownership") -> None:
    """Filed, sent to housing, which gives it back and points to the waterworks."""
    act(case_id, "file")
    act(case_id, "dispatch", {"owner": HOUSING})
    act(case_id, "return", {"reason": reason, "proposed_owner": WATER})


def the_consultation_is_the_fold_of_its_events(room: Room, number: int) -> None:
    with room.service.database.reading() as connection:
        kept = found(connection, number)
        events = [Recorded(e.kind, e.at, e.actor, e.data) for e in event_log.of_case(connection, kept.one.case_id)]
    assert fold_consultation(events, number) == kept.one
    the_row_is_the_fold_of_its_events(room.service, kept.one.case_id)


def kinds(room: Room, case_id: int) -> list[str]:
    return [e["kind"] for e in room.see(f"cases/{case_id}/events")["items"]]


def instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_the_first_tier_is_led_by_whoever_received_it_first_and_its_ruling_moves_the_case(room: Room, act: Act) -> None:
    case_id = reported(room.service)
    passed_around(act, case_id)
    one = room.convene(case_id)
    number = one["consultation_id"]
    assert (one["tier"], one["lead"], one["quorum"], one["state"]) == (1, HOUSING, 1, "open")
    assert [party["party"] for party in one["parties"]] == [HOUSING, WATER]
    # two working days from 10:34 on Tuesday
    assert instant(one["opinions_due_at"]).astimezone(dt.timezone(8 * dt.timedelta(hours=1))).strftime("%a %H:%M") == "Thu 10:34"
    room.step(number, "invite", agencies=[ROADS], who=HOUSING)
    for who, stance in ((HOUSING, "declines"), (WATER, "declines"), (ROADS, "takes")):
        room.step(number, "opinion", stance=stance, words="by our duty list", who=who)
    again = room.step(number, "opinion", stance="assists", words="we lend a pump", who=WATER)
    assert [(said["agency"], said["stance"]) for said in again["opinions"]] == [(HOUSING, "declines"), (ROADS, "takes"), (WATER, "assists")]
    assert [(said["agency"], said["stance_name"]) for said in again["earlier"]] == [(WATER, "not its duty")]
    minuted = room.step(number, "minutes", words="the wall is common property", attended=[HOUSING, ROADS], who=HOUSING)
    assert minuted["minutes"]["attended"] == [HOUSING, ROADS]
    assert room.step(number, "rule", lead=ROADS, words="w", who=WATER, status=403)["code"] == "may_not_rule"
    ruled = room.step(number, "rule", lead=ROADS, cohandlers=[WATER], words="duty list, item 12", who=HOUSING)
    assert (ruled["state"], ruled["ruling"]["by"], ruled["ruling"]["lead_name"]) == ("ruled", HOUSING, "单位2")
    case = room.see(f"cases/{case_id}")
    assert (case["state"], case["owner"], case["affair"], case["consult_tier"]) == ("dispatched", ROADS, "hard", 1)
    assert [one["owner"] for one in case["cohandlers"]] == [WATER]
    assert kinds(room, case_id)[-3:] == ["consultation_minuted", "consultation_ruled", "ruled"]
    assert act(case_id, "return", {"reason": "wrong_duty", "proposed_owner": HOUSING}, status=409)["code"] == "ruling_final"
    assert room.step(number, "opinion", stance="takes", words="x", who=WATER, status=409)["code"] == "consultation_ended"
    the_consultation_is_the_fold_of_its_events(room, number)


def test_a_case_that_nobody_was_sent_to_gets_its_limit_with_the_ruling(room: Room, act: Act) -> None:
    case_id = reported(room.service)
    act(case_id, "file")
    number = room.convene(case_id, entry="long_standing", lead=HOUSING, invited=[WATER])["consultation_id"]
    for who in (HOUSING, WATER):
        room.step(number, "opinion", stance="takes", words="x", who=who)
    room.step(number, "minutes", words="x", attended=[HOUSING])
    room.step(number, "rule", lead=WATER, words="x")
    case = room.see(f"cases/{case_id}")
    assert (case["owner"], case["limit"]) == (WATER, {"amount": 4.0, "clock": "work_hour"})
    assert case["due_at"] is not None


def test_three_tiers_up_to_the_city_leader(room: Room, act: Act) -> None:
    case_id = reported(room.service)
    passed_around(act, case_id)
    first = room.convene(case_id)["consultation_id"]
    assert room.step(first, "escalate", reason="no agreement", status=409)["code"] == "opinions_open"
    room.service.clock.at += 3 * DAY
    second = room.step(first, "escalate", reason="no agreement", who=HOUSING)
    assert (second["tier"], second["lead"], second["before_id"]) == (2, CITY, first)  # the city's bureau of the same name
    assert {party["party"] for party in second["parties"]} == {CITY, HOUSING, WATER}
    assert room.see(f"consultations/{first}")["state"] == "lifted"
    assert room.step(first, "escalate", reason="again", status=409)["code"] == "consultation_ended"
    assert room.convene(case_id, status=409)["code"] == "consultation_running"
    for who in (CITY, HOUSING, WATER):
        room.step(second["consultation_id"], "opinion", stance="declines", words="x", who=who)
    assert room.step(second["consultation_id"], "minutes", words="x", attended=[CITY], status=409)["code"] == "no_quorum"
    room.step(second["consultation_id"], "minutes", words="x", attended=[CITY, WATER], who=CITY)
    assert room.step(second["consultation_id"], "rule", lead=CITY, words="x", who=CITY, status=403)["code"] == "may_not_rule"
    third = room.step(second["consultation_id"], "escalate", reason="the wall is nobody's", chair="the vice mayor", who=CITY)
    number = third["consultation_id"]
    assert (third["tier"], third["chair"], third["tier_name"]) == (3, "the vice mayor", "a city leader takes the lead")
    room.service.clock.at += 7 * DAY
    room.step(number, "minutes", words="x", attended=[CITY, HOUSING], who="leader 1")
    assert room.step(number, "escalate", reason="x", status=409)["code"] == "highest_tier"
    assert room.step(number, "rule", lead=CITY, words="x", status=403)["code"] == "may_not_rule"
    room.step(number, "rule", lead=CITY, words="it is the city's", who="leader 1")
    assert room.see(f"cases/{case_id}")["owner"] == CITY
    for one in (first, second["consultation_id"], number):
        the_consultation_is_the_fold_of_its_events(room, one)


def test_a_ruling_in_vain_is_overruled_by_a_higher_tier_only(room: Room, act: Act) -> None:
    case_id = reported(room.service)
    passed_around(act, case_id)
    for who, lead in (("check 1", WATER), ("check 1", ROADS)):
        number = room.convene(case_id, entry="red_light", invited=[WATER, ROADS])["consultation_id"]
        room.service.clock.at += 7 * DAY
        attended = [party["party"] for party in room.see(f"consultations/{number}")["parties"]]
        room.step(number, "minutes", words="x", attended=attended)
        room.step(number, "rule", lead=lead, words="x", who=who)
        assert room.see(f"cases/{case_id}")["owner"] == lead
        assert act(case_id, "rule", {"owner": HOUSING, "reason": "x"}, status=409)["code"] == "ruling_stands"
    the_consultation_is_the_fold_of_its_events(room, number)


def test_what_is_refused(room: Room, act: Act) -> None:
    case_id = reported(room.service)
    assert room.convene(case_id, status=409, lead=HOUSING)["code"] == "not_allowed_in_state"  # not filed yet
    passed_around(act, case_id)
    assert room.convene(case_id, status=422, lead="agency:nobody")["errors"][0]["field"] == "lead"
    assert room.convene(case_id, status=422, opinions_due_at="2026-11-30T10:00:00")["errors"][0]["code"] == "naive_datetime"
    assert room.convene(case_id, status=422, opinions_due_at=NOW.isoformat())["code"] == "deadline_passed"
    assert room.convene(case_id, status=422, colour="red")["errors"][0]["code"] == "unknown_field"
    assert room.convene(case_id, status=404, who=FIRE)["code"] == "case_not_found"  # what is not theirs is not there
    act(case_id, "dispatch", {"owner": WATER})
    assert room.convene(case_id, status=403, who=WATER)["code"] == "role_not_allowed"
    stale = {"If-Match": '"1"'}
    assert room.do(f"cases/{case_id}/consultations", {"entry": "red_light"}, status=412, **stale)["code"] == "moved_on"
    number = room.convene(case_id)["consultation_id"]
    room.see(f"consultations/{number}", who=FIRE, status=404)
    assert room.step(number, "opinion", stance="takes", words="x", agency=FIRE, status=403)["code"] == "not_invited"
    assert room.step(number, "opinion", stance="takes", words="x", agency=WATER, who=HOUSING, status=403)["code"] == "not_your_voice"
    assert room.step(number, "opinion", stance="takes", words="x", status=422)["code"] == "say_for_whom"
    assert room.step(number, "opinion", stance="maybe", words="\x00", who=WATER, status=422)["code"] == "malformed"
    assert room.step(number, "invite", agencies=[FIRE], who=WATER, status=403)["code"] == "not_the_lead"
    assert room.step(number, "fly", status=404)["code"] == "unknown_event"
    assert room.step(number, "rule", lead=WATER, words="x", status=409)["code"] == "no_minutes"
    assert room.step(number, "minutes", words="x", attended=[FIRE], status=422)["code"] == "not_invited"
    path = f"/api/v1/consultations/{number}/actions/settle"
    assert room.service.client.post(path, json={"reason": "x"}, headers=room.service.operator).status_code == 428
    assert room.service.client.post(path, json={"reason": "x"}).status_code == 401
    assert room.do(path.removeprefix("/api/v1/"), {"reason": "x"}, status=412, **{"If-Match": '"9"'})["code"] == "moved_on"
    room.see("consultations/99", status=404)
    room.service.clock.at += 3 * DAY
    assert room.step(number, "opinion", stance="takes", words="x", who=WATER, status=409)["code"] == "opinions_closed"
    assert room.step(number, "invite", agencies=[FIRE], status=409)["code"] == "opinions_closed"
    room.service.clock.at -= 9 * DAY
    assert room.step(number, "settle", reason="x", status=409)["code"] == "clock_set_back"


def test_a_refused_ruling_leaves_nothing_behind(room: Room, act: Act) -> None:
    case_id = reported(room.service)
    act(case_id, "file")
    act(case_id, "dispatch", {"owner": HOUSING})
    number = room.convene(case_id, invited=[WATER])["consultation_id"]
    room.service.clock.at += 3 * DAY
    room.step(number, "minutes", words="x", attended=[HOUSING])
    act(case_id, "request_suspension", {"reason": "frozen ground"})
    room.do(f"cases/{case_id}/actions/suspend", who="check 1")
    before = kinds(room, case_id)
    assert room.step(number, "rule", lead=WATER, words="x", precedent=True, status=409)["code"] == "not_allowed_in_state"
    assert (kinds(room, case_id), room.see("rule-proposals")["total"]) == (before, 0)
    assert room.see(f"consultations/{number}")["state"] == "minuted"


def test_the_same_key_acts_once_and_lists_are_filtered_and_paged(room: Room, act: Act) -> None:
    numbers = []
    for _ in range(3):
        case_id = reported(room.service)
        passed_around(act, case_id)
        numbers.append(room.convene(case_id)["consultation_id"])
    key = {"Idempotency-Key": "k-1", "If-Match": '"1"'}
    path, said = f"consultations/{numbers[0]}/actions/opinion", {"stance": "takes", "words": "x"}
    first = room.do(path, said, who=WATER, **key)
    assert room.do(path, said, who=WATER, **key) == first
    assert room.do(path, {**said, "words": "y"}, who=WATER, status=422, **key)["code"] == "key_reused"
    page = room.see("consultations?limit=2")
    assert (page["total"], [one["consultation_id"] for one in page["items"]], page["next"]) == (3, numbers[:0:-1], numbers[1])
    assert [one["consultation_id"] for one in room.see(f"consultations?before={page['next']}")["items"]] == numbers[:1]
    waiting = room.see(f"consultations?party={WATER}&silent=true", who=WATER)
    assert [one["consultation_id"] for one in waiting["items"]] == numbers[:0:-1]
    assert room.see("consultations", who=FIRE)["total"] == 0
    assert room.see(f"consultations?tier=2&case={case_id}")["total"] == 0
    assert room.see("consultations?state=open&entry=duty_unclear")["total"] == 3
    room.see("consultations?colour=red", status=422)
    room.see("consultations?party=%00", status=422)


def test_a_deadline_without_a_quorum_goes_up_by_itself_once_whenever_somebody_looks(room: Room, act: Act) -> None:
    case_id = reported(room.service)
    act(case_id, "file")
    act(case_id, "dispatch", {"owner": HOUSING})
    one = room.convene(case_id, entry="long_standing", invited=[WATER, ROADS, FIRE])
    number, due = one["consultation_id"], instant(one["opinions_due_at"])
    assert one["quorum"] == 2
    room.step(number, "opinion", stance="takes", words="x", who=WATER)
    assert room.tick(due) == 0
    assert room.tick(due + 3 * DAY) == 1  # nobody looked for three days
    assert room.tick() == 0
    below = room.see(f"consultations/{number}")
    above = room.see(f"consultations?case={case_id}&tier=2")["items"][0]
    assert (below["state"], above["state"]) == ("lifted", "open")
    assert above["why"] == "only 1 of the 2 opinions that make a quorum came in by the deadline"
    [lifted] = [e for e in room.see(f"cases/{case_id}/events")["items"] if e["kind"] == "consultation_lifted"]
    assert (instant(lifted["data"]["reached_at"]), lifted["actor"]) == (due, "system")
    assert instant(above["opinions_due_at"]) > due + 3 * DAY  # who is asked now has all their time
    the_consultation_is_the_fold_of_its_events(room, number)
    the_consultation_is_the_fold_of_its_events(room, above["consultation_id"])
    assert room.tick(due + 20 * DAY) == 1
    assert room.tick(due + 40 * DAY) == 1  # the third tier has none above it: it is written down, once
    assert room.tick() == 0
    top = room.see(f"consultations?case={case_id}&overdue=true")["items"]
    assert [(one["tier"], one["state"]) for one in top] == [(3, "open")]
    the_consultation_is_the_fold_of_its_events(room, top[0]["consultation_id"])


def test_with_enough_opinions_the_deadline_changes_nothing_and_a_closed_case_settles(room: Room, act: Act) -> None:
    case_id = reported(room.service)
    walk(act, case_id, "sign")
    one = room.convene(case_id, entry="long_standing", lead=HOUSING, invited=[WATER])
    room.step(one["consultation_id"], "opinion", stance="takes", words="x", who=HOUSING)
    due = instant(one["opinions_due_at"])
    assert room.tick(due + dt.timedelta(hours=1)) == 0
    act(case_id, "feed_back", {"result": "done"})
    for event, said in (("check", {"passed": True}), ("close", {})):
        room.do(f"cases/{case_id}/actions/{event}", said, who="check 1")
    assert room.tick(due + 2 * DAY) == 1
    assert room.see(f"consultations/{one['consultation_id']}")["state"] == "settled"
    the_consultation_is_the_fold_of_its_events(room, one["consultation_id"])


def test_a_case_enters_by_the_rules_and_says_why(room: Room, act: Act) -> None:
    case_id = reported(room.service)
    passed_around(act, case_id)
    returned_at = room.service.clock.at
    [reason] = room.see(f"cases/{case_id}/consultations")["reasons"]
    assert (reason["entry"], reason["text"]) == (
        "duty_unclear",
        "nobody's duty, or passed around: returned 1 times because ownership is unclear; the rule asks for 1 or more",
    )
    assert instant(reason["since_at"]) == returned_at
    assert room.tick(returned_at + 2 * DAY) == 1
    assert room.tick() == 0
    found_ = room.see(f"cases/{case_id}/consultations")
    [one] = found_["items"]
    assert (found_["tier"], found_["reasons"], one["lead"], one["entry"]) == (1, [], HOUSING, "duty_unclear")
    whole = room.see(f"consultations/{one['consultation_id']}")
    assert (whole["convened_by"], whole["facts"]["since_at"]) == ("system", returned_at.isoformat())
    zh = room.service.client.get(
        f"/api/v1/consultations/{one['consultation_id']}", headers={**room.keys["operator"], "Accept-Language": "zh"}
    )
    assert zh.json()["why"].startswith("权责不清：因权属不清退单 1 次")


def test_the_red_light_takes_it_up_tier_by_tier(room: Room, act: Act) -> None:
    case_id = reported(room.service)
    due = instant(walk(act, case_id, "dispatch")["due_at"])
    assert room.tick(due + 5 * DAY - dt.timedelta(seconds=1)) == 0
    assert room.tick(due + 5 * DAY) == 1
    [one] = room.see(f"cases/{case_id}/consultations")["items"]
    room.step(one["consultation_id"], "invite", agencies=[CITY])
    room.step(one["consultation_id"], "opinion", stance="takes", words="x", agency=one["lead"])
    assert room.tick(due + 15 * DAY - dt.timedelta(seconds=1)) == 0
    assert room.tick(due + 16 * DAY) == 1
    first, second = room.see(f"cases/{case_id}/consultations")["items"]
    assert (first["state"], second["tier"], second["entry"]) == ("lifted", 2, "red_light")
    assert second["why"].startswith("still overdue after the first consultation")
    [lifted] = [e for e in room.see(f"cases/{case_id}/events")["items"] if e["kind"] == "consultation_lifted"]
    assert instant(lifted["data"]["reached_at"]) == due + 15 * DAY


def test_other_rules_are_another_version(room: Room, act: Act) -> None:
    case_id = reported(room.service)
    passed_around(act, case_id)
    rules = (EntryRule("returned_often", "returns", 3, 0, "three times", "三次"),)
    with room.service.database.writing() as connection:
        book = put_book(connection, "entries", entry_rows(rules), actor="test", at=room.service.clock.at)
    assert room.tick() == 0
    for owner in (WATER, ROADS):
        with room.service.database.writing() as connection:
            version = put_book(connection, "entries", entry_rows(rules), actor="test", at=room.service.clock.at).version
        assert version == book.version
        if owner == WATER:
            act(case_id, "dispatch", {"owner": owner})
            act(case_id, "return", {"reason": "wrong_duty", "proposed_owner": ROADS})
    rules = (EntryRule("returned_often", "returns", 2, 0, "twice", "两次"),)
    with room.service.database.writing() as connection:
        put_book(connection, "entries", entry_rows(rules), actor="test", at=room.service.clock.at)
    assert room.tick() == 1
    [one] = room.see(f"cases/{case_id}/consultations")["items"]
    assert (one["entry"], room.see(f"consultations/{one['consultation_id']}")["facts"]["rules_version"]) == (
        "returned_often",
        book.version + 1,
    )
    assert one["invited"] == 3  # housing, the waterworks, the roads it was to go to next
