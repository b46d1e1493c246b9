"""Whoever is asked about a case of others finds it at the console, reads it, answers, and has nothing else to do with it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.console import test_consulting as consulting
from tests.console.conftest import Desk, file_report
from tests.console.test_accessible import findings
from tests.console.test_consulting import HOUSING, WATER, Room, confirm, offered, opinion, take
from tests.console.test_working import _sign_in

room, first = consulting.room, consulting.first


def of_housing(room: Room) -> int:
    """A case that the housing agency has and nobody helps with."""
    case_id: int = file_report(room.address, 3)["case_id"]
    room.act(f"cases/{case_id}", "file", {})
    room.act(f"cases/{case_id}", "dispatch", {"owner": HOUSING, "reason": "x"})
    return case_id


def waiting(desk: Desk) -> Locator:
    return desk.page.get_by_role("region", name=desk.text("asked.title"))


def test_an_invited_agency_finds_the_case_says_its_opinion_and_is_asked_no_more(room: Room, first: Desk, repo_root: Path) -> None:
    case_id = of_housing(room)
    version = room.call(f"cases/{case_id}")["version"]
    number = room.call(f"cases/{case_id}/consultations", {"entry": "duty_unclear"}, version=version)["consultation_id"]
    room.act(f"consultations/{number}", "invite", {"agencies": [WATER]})
    first.page.goto("/ui/")
    _sign_in(first, "water")
    expect(waiting(first).get_by_role("listitem")).to_have_count(1)
    expect(waiting(first)).to_contain_text("住房和城乡建设局")
    assert findings(first.page, repo_root) == []
    waiting(first).get_by_role("button").click()
    expect(first.page).to_have_url(re.compile(rf"/ui/cases/{case_id}\b"))
    expect(first.page.locator(".facts")).to_be_visible()
    hard = first.page.get_by_role("region", name=first.text("hard.title"))
    offered(first, hard, "consultation.opinion")
    form = opinion(first, hard, "管网由我方负责")
    confirm(first, form, "consultation.opinion")
    expect(hard.locator(".hard-said")).to_contain_text("管网由我方负责")
    expect(waiting(first)).to_have_count(0)
    expect(first.page.get_by_role("option", name=re.compile(r"\d{6}"))).to_have_count(0)  # it is still not among their cases
    room.act(f"consultations/{number}", "settle", {"reason": "x"})


def test_a_called_agency_finds_the_case_and_reports_in(room: Room, first: Desk) -> None:
    case_id = of_housing(room)
    due = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    room.call("whistles", {"street": consulting.STREET, "agencies": [WATER], "about": "燃气味 <b>${1}`", "due_at": due, "case_id": case_id})
    first.page.goto("/ui/")
    _sign_in(first, "water")
    expect(waiting(first)).to_contain_text("燃气味 <b>${1}`")
    waiting(first).get_by_role("button").click()
    hard = first.page.get_by_role("region", name=first.text("hard.title"))
    form = take(first, hard, "whistle.report_in")
    confirm(first, form, "whistle.report_in")
    expect(waiting(first)).to_have_count(0)


def test_the_centre_is_asked_for_nothing(room: Room, first: Desk) -> None:
    first.page.goto("/ui/")
    _sign_in(first, "desk1")
    expect(first.page.locator("#cases[aria-busy='false']")).to_be_visible()
    expect(waiting(first)).to_have_count(0)
