"""The action `consult` opens the same consultation as the one that is convened: no tier without one."""

from geo_service.cases.consulting.repository import of_case
from tests.flows.acting import Act
from tests.flows.conftest import Service
from tests.flows.test_dispatching import reported, walk

SAID = {"tier": 1, "entry": "duty_unclear", "note": "谁来管？"}


def consulted(service: Service, case_id: int) -> list:
    answer = service.client.get(f"/api/v1/cases/{case_id}/consultations", headers=service.operator)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_the_action_opens_a_consultation(service: Service, act: Act) -> None:
    case_id = reported(service)
    walk(act, case_id, "file", "dispatch")
    done = act(case_id, "consult", SAID)
    assert (done["consult_tier"], done["affair"]) == (1, "hard")
    meeting = consulted(service, case_id)
    assert [(one["tier"], one["state"]) for one in meeting] == [(1, "open")]
    event = done["events"][-1]
    assert (event["kind"], event["data"]["consultation_id"]) == ("consulted", meeting[0]["consultation_id"])
    with service.database.reading() as connection:
        assert len(of_case(connection, case_id)) == 1
    assert act(case_id, "consult", {**SAID, "tier": 2}, status=409)["code"] == "consultation_running"


def test_what_cannot_be_is_refused_and_no_consultation_is_made(service: Service, act: Act) -> None:
    case_id = reported(service)
    assert act(case_id, "consult", SAID, status=409)["status"] == 409  # not filed yet
    walk(act, case_id, "file", "dispatch")
    assert act(case_id, "consult", {**SAID, "tier": 2}, status=409)["code"] == "tier_out_of_order"
    assert act(case_id, "consult", {"tier": 1}, status=422)["code"] == "malformed"
    assert act(case_id, "consult", {**SAID, "consultation_id": 7}, status=422)["code"] == "consultation_is_made_here"
    assert act(case_id, "consult", SAID, status=412, **{"If-Match": '"1"'})["code"] == "case_moved_on"
    assert act(case_id, "consult", SAID, who="supervisor", status=200)["consult_tier"] == 1
    assert len(consulted(service, case_id)) == 1
