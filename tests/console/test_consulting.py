"""Consultations and whistles at the console: the centre, agencies and a street, each signed in, in a real browser, in both languages."""

import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Locator, Route, expect

from geo_service.accounts import Grant, create_key
from geo_service.accounts.registry import create_account
from geo_service.cases.consultation import STANCES, TIERS
from geo_service.cases.consultation.payloads import VERBS, WHISTLE_VERBS, Blow, Open
from geo_service.cases.workflow.table import OPEN
from geo_service.db import Database
from geo_service.flows.consultation.speaking import CENTRE
from geo_service.flows.consultation.whistling import STREETS
from geo_service.migrations import migrate
from geo_service.workers.tables import agency
from tests import city
from tests.console.conftest import PASSWORD, Desk, _desk, file_report
from tests.console.test_accessible import findings
from tests.console.test_working import _sign_in
from tests.services.serving import Process

HOUSING, WATER, STREET = "agency:149901-housing", "agency:149901-water", "post:4"
LATER = "2090-01-01T08:00"
NAMES = {HOUSING: "住房和城乡建设局", WATER: "供水集团"}
WHO = {
    "desk1": Grant("operator"),
    "housing": Grant("agency", acts_for=HOUSING),
    "water": Grant("agency", acts_for=WATER),
    "street": Grant("street_office", area_code="149901001", acts_for=STREET),
    "watcher": Grant("auditor"),
}


@dataclass(frozen=True)
class Room:
    """The service, and the centre's key to say things behind the browsers' backs and to see what they did."""

    address: str
    key: str

    def call(self, path: str, said: dict[str, Any] | None = None, *, version: int | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        headers |= {"If-Match": f'"{version}"'} if version else {}
        data = None if said is None else json.dumps(said).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.address}/api/v1/{path}", data, headers), timeout=30) as response:
            answer: dict[str, Any] = json.load(response)
        return answer

    def act(self, path: str, verb: str, said: dict[str, Any]) -> dict[str, Any]:
        return self.call(f"{path}/actions/{verb}", said, version=self.call(path)["version"])

    def dispatched(self) -> int:
        """A case that the housing agency has and the waterworks helps with."""
        case_id: int = file_report(self.address, 1)["case_id"]
        self.act(f"cases/{case_id}", "file", {})
        self.act(f"cases/{case_id}", "dispatch", {"owner": HOUSING, "cohandlers": [WATER], "reason": "x"})
        return case_id

    def consulted(self, *heard: str) -> tuple[int, int]:
        """A case and the consultation on it, with the opinions of these."""
        case_id = self.dispatched()
        version = self.call(f"cases/{case_id}")["version"]
        number: int = self.call(f"cases/{case_id}/consultations", {"entry": "duty_unclear"}, version=version)["consultation_id"]
        for one in heard:
            self.act(f"consultations/{number}", "opinion", {"agency": one, "stance": "declines", "words": "不在清单内"})
        return case_id, number

    def kinds(self, case_id: int) -> list[str]:
        return [event["kind"] for event in self.call(f"cases/{case_id}/events")["items"]]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("room")
    url, now = f"sqlite:///{folder / 'city.db'}", datetime.now(UTC)
    migrate(url)
    database = Database(url)
    with database.writing() as connection:
        city.found(connection)
        for number, (owner, name) in enumerate(NAMES.items(), start=10):
            row = {"agency_id": number, "code": owner.removeprefix("agency:"), "name": name, "level": "district", "area_code": "149901"}
            connection.execute(sa.insert(agency).values(row))
        usual: dict[str, Any] = {"password": PASSWORD, "by": "test", "at": now, "must_change": False}
        for name, grant in WHO.items():
            create_account(connection, username=name, display_name=name, grants=[grant], **usual)
        key = create_key(connection, name="desk 9", role="operator", at=now, by="test")
    database.close()
    process = Process(url, folder, background=False)  # which would consult on what is reported again and again by itself
    process.start()
    yield Room(process.address, key)
    process.kill()


@pytest.fixture
def first(room: Room, language: str, browser: Browser, repo_root: Path) -> Iterator[Desk]:
    yield from _desk(browser, room.address, language, repo_root)


@pytest.fixture
def second(room: Room, language: str, browser: Browser, repo_root: Path) -> Iterator[Desk]:
    yield from _desk(browser, room.address, language, repo_root)


def sit(desk: Desk, name: str, case_id: int) -> Locator:
    """Somebody signed in at a case: the part of the panel about its consultations and whistles."""
    desk.page.goto(f"/ui/cases/{case_id}")
    _sign_in(desk, name)
    expect(desk.page.locator(".facts")).to_be_visible()
    return desk.page.get_by_role("region", name=desk.text("hard.title"))


def offered(desk: Desk, where: Locator, *steps: str) -> None:
    """These steps are offered there, and no other."""
    expect(where.locator(".hard-steps button")).to_have_text([desk.text(f"action.{step}") for step in steps])


def take(desk: Desk, where: Locator, step: str) -> Locator:
    """Opens the form of a step."""
    where.get_by_role("button", name=desk.text(f"action.{step}"), exact=True).click()
    return where.get_by_role("form", name=desk.text(f"action.{step}"))


def confirm(desk: Desk, form: Locator, step: str) -> None:
    form.get_by_role("button", name=desk.text("do.confirm", action=desk.text(f"action.{step}"))).click()


def consult(desk: Desk) -> Locator:
    """Opens the form of a consultation from the actions of the case."""
    panel = desk.page.get_by_role("region", name=desk.text("case.label"))
    panel.get_by_role("button", name=desk.text("case.more")).click()
    panel.locator(".actions").get_by_role("button", name=desk.text("action.consult"), exact=True).click()
    return panel.get_by_role("form", name=desk.text("action.consult"))


def opinion(desk: Desk, where: Locator, words: str) -> Locator:
    """The form of an opinion, filled in."""
    form = take(desk, where, "consultation.opinion")
    form.get_by_label(desk.text("field.stance")).select_option("takes")
    form.get_by_label(desk.text("field.consultation.opinion.words")).fill(words)
    return form


def choose_agency(desk: Desk, form: Locator, label: str, owner: str) -> None:
    form.get_by_role("combobox", name=desk.text(label)).fill(NAMES[owner])
    form.get_by_role("option", name=NAMES[owner]).click()


def test_an_operator_opens_a_consultation_and_a_member_gives_an_opinion(room: Room, first: Desk, second: Desk) -> None:
    case_id = room.dispatched()
    hard = sit(first, "desk1", case_id)
    form = consult(first)
    expect(form.get_by_label(first.text("field.tier"))).to_have_value("1")
    form.get_by_label(first.text("field.entry")).select_option("duty_unclear")
    confirm(first, form, "consult")
    offered(first, hard, *(f"consultation.{one}" for one in ("opinion", "invite", "adjourn", "settle")))

    theirs = sit(second, "water", case_id)
    offered(second, theirs, "consultation.opinion")  # it does not lead
    form = opinion(second, theirs, "管网由我方负责")
    expect(form.get_by_label(second.text("field.agency"))).to_have_value(WATER)
    expect(form.get_by_label(second.text("field.agency")).get_by_role("option")).to_have_count(2)  # nobody else's name but its own
    second.page.keyboard.press("Control+Enter")
    for side in (theirs, hard):  # at once where it was said, and at the centre as news
        expect(side.locator(".hard-said")).to_contain_text("管网由我方负责")
    expect(theirs.get_by_role("form")).to_have_count(0)
    expect(second.page.locator(".timeline li").first).to_contain_text(second.text("event.opinion_given"))
    [meeting] = room.call(f"cases/{case_id}/consultations")["items"]
    [said] = room.call(f"consultations/{meeting['consultation_id']}")["opinions"]
    assert (said["agency"], said["stance"], said["by"], said["words"]) == (WATER, "takes", WATER, "管网由我方负责")


def test_a_reason_to_consult_opens_the_form_with_it_and_the_centre_names_lead_and_invited(room: Room, first: Desk) -> None:
    for _ in range(4):  # the same again and again at one place
        case_id: int = file_report(room.address, 1)["case_id"]
    room.act(f"cases/{case_id}", "file", {})
    hard = sit(first, "desk1", case_id)
    hard.locator(".hard-reason").get_by_role("button", name=first.text("action.consult")).click()
    form = first.page.get_by_role("form", name=first.text("action.consult"))
    expect(form.get_by_label(first.text("field.entry"))).to_have_value("long_standing")
    choose_agency(first, form, "field.lead", HOUSING)  # nobody has had the case yet
    choose_agency(first, form, "field.invited", WATER)
    form.get_by_label(first.text("field.chair")).fill("赵主任")
    confirm(first, form, "consult")
    expect(hard.locator(".hard-list > li")).to_contain_text("赵主任")
    expect(hard.locator(".hard-reason").get_by_role("button")).to_have_count(0)  # one goes on already
    [meeting] = room.call(f"cases/{case_id}/consultations")["items"]
    assert (meeting["lead"], meeting["invited"], meeting["entry"]) == (HOUSING, 2, "long_standing")


def test_a_consultation_goes_from_opinions_over_minutes_to_a_ruling(room: Room, first: Desk, language: str) -> None:
    case_id, number = room.consulted(HOUSING)
    hard = sit(first, "desk1", case_id)
    form = opinion(first, hard, "可以承接")
    form.get_by_label(first.text("field.agency")).select_option(WATER)
    confirm(first, form, "consultation.opinion")
    form = take(first, hard, "consultation.minutes")
    confirm(first, form, "consultation.minutes")
    expect(form.get_by_text(first.text("field.needed"))).to_have_count(2)  # who was there, and what was said
    for one in (HOUSING, WATER):
        form.get_by_role("checkbox", name=NAMES[one]).check()
    form.get_by_label(first.text("field.consultation.minutes.words")).fill("墙体为共有部分")
    confirm(first, form, "consultation.minutes")
    expect(hard.locator(".hard-came")).to_contain_text("墙体为共有部分")
    form = take(first, hard, "consultation.rule")
    choose_agency(first, form, "field.consultation.rule.lead", WATER)
    form.get_by_label(first.text("field.consultation.rule.words")).fill("按责任清单第十二条")
    confirm(first, form, "consultation.rule")
    expect(hard).to_contain_text(first.text("hard.ruling", lead=NAMES[WATER]))
    expect(hard.locator(".hard-steps")).to_have_count(0)
    expect(first.page.locator(".facts")).to_contain_text(NAMES[WATER])
    if language == "zh-CN":
        assert re.findall(r"[A-Za-z]{2,}", hard.inner_text()) == []
    ended = room.call(f"consultations/{number}")
    assert (ended["state"], ended["ruling"]["lead"], ended["minutes"]["attended"]) == ("ruled", WATER, [HOUSING, WATER])
    assert room.call(f"cases/{case_id}")["owner"] == WATER
    assert room.kinds(case_id)[-4:] == ["opinion_given", "consultation_minuted", "consultation_ruled", "ruled"]


def test_the_lead_hands_a_matter_up_where_it_may_not_rule_any_more(room: Room, first: Desk) -> None:
    case_id, number = room.consulted(HOUSING, WATER)
    room.act(f"consultations/{number}", "minutes", {"words": "未达成一致", "attended": [HOUSING, WATER]})
    hard = sit(first, "housing", case_id)
    offered(first, hard, *(f"consultation.{one}" for one in ("minutes", "rule", "escalate", "settle")))
    form = take(first, hard, "consultation.escalate")
    form.get_by_label(first.text("field.reason")).fill("双方均认为不属本单位")
    confirm(first, form, "consultation.escalate")
    cards = hard.locator(".hard-list > li")
    expect(cards).to_have_count(2)
    expect(cards.first).to_contain_text("双方均认为不属本单位")
    offered(first, cards.first)
    offered(first, cards.last, *(f"consultation.{one}" for one in ("opinion", "invite", "adjourn", "settle")))
    tiers = [(one["tier"], one["state"]) for one in room.call(f"cases/{case_id}/consultations")["items"]]
    assert tiers == [(1, "lifted"), (2, "open")]


def test_the_lead_puts_off_and_settles(room: Room, first: Desk) -> None:
    case_id, number = room.consulted()
    hard = sit(first, "housing", case_id)
    form = take(first, hard, "consultation.adjourn")
    form.get_by_label(first.text("field.consultation.adjourn.opinions_due_at")).fill(LATER)
    form.get_by_label(first.text("field.consultation.adjourn.words")).fill("等待现场勘查")
    confirm(first, form, "consultation.adjourn")
    expect(form).to_have_count(0)
    take(first, hard, "consultation.settle").get_by_label(first.text("field.reason")).fill("已商定由我局办理")
    first.page.keyboard.press("Control+Enter")
    expect(hard).to_contain_text("已商定由我局办理")
    expect(hard.locator(".hard-steps")).to_have_count(0)
    settled = room.call(f"consultations/{number}")
    assert (settled["state"], settled["reason"]) == ("settled", "已商定由我局办理")
    assert [one["words"] for one in settled["adjournments"]] == ["等待现场勘查"]


def test_a_street_blows_the_whistle_an_agency_comes_and_is_rated(room: Room, first: Desk, second: Desk, language: str) -> None:
    case_id = room.dispatched()
    hard = sit(first, "street", case_id)
    form = take(first, hard, "whistle.blow")
    for one in (HOUSING, WATER):
        choose_agency(first, form, "field.whistle.blow.agencies", one)
    form.get_by_label(first.text("field.about")).fill("楼道有燃气味")
    form.get_by_label(first.text("field.whistle.blow.due_at")).fill("2020-01-01T08:00")
    confirm(first, form, "whistle.blow")
    expect(hard.get_by_role("alert")).to_have_text({"zh-CN": "报到时限须晚于吹哨时间", "en": "the deadline is not ahead"}[language])
    expect(form.get_by_label(first.text("field.about"))).to_have_value("楼道有燃气味")  # refused, and nothing is lost
    form.get_by_label(first.text("field.whistle.blow.due_at")).fill(LATER)
    confirm(first, form, "whistle.blow")
    card = hard.locator(".hard-list > li")
    expect(card).to_contain_text("楼道有燃气味")
    expect(form).to_have_count(0)
    offered(first, card)  # nobody has come yet

    theirs = sit(second, "water", case_id)
    expect(theirs.get_by_role("button", name=second.text("action.whistle.blow"))).to_have_count(0)
    offered(second, theirs, "whistle.report_in")
    confirm(second, take(second, theirs, "whistle.report_in"), "whistle.report_in")
    expect(theirs.locator(".hard-steps")).to_have_count(0)

    form = take(first, hard, "whistle.rate")  # heard of as news
    expect(form.get_by_label(first.text("field.whistle.rate.agency"))).to_have_value(WATER)
    form.get_by_label(first.text("field.stars")).press_sequentially("4")
    expect(form.get_by_label(first.text("field.stars"))).to_have_value("4")
    form.get_by_label(first.text("field.whistle.rate.words")).fill("十分钟内到场")
    confirm(first, form, "whistle.rate")
    expect(card).to_contain_text("★★★★ · 十分钟内到场")
    if language == "zh-CN":
        assert re.findall(r"[A-Za-z]{2,}", hard.inner_text()) == []
    [whistle] = room.call(f"whistles?case={case_id}")["items"]
    calls = [(call["agency"], call["standing"], call["stars"]) for call in whistle["calls"]]
    assert calls == [(HOUSING, "waiting", None), (WATER, "in_time", 4)]
    assert (whistle["street"], whistle["blown_by"]) == (STREET, STREET)
    assert room.kinds(case_id)[-3:] == ["whistle_blown", "agency_reported_in", "whistle_rated"]


def test_a_refusal_is_said_in_words_beside_the_form_and_what_was_chosen_stays(room: Room, first: Desk, language: str) -> None:
    case_id, _ = room.consulted()
    hard = sit(first, "desk1", case_id)
    form = take(first, hard, "consultation.invite")
    choose_agency(first, form, "field.consultation.invite.agencies", WATER)
    confirm(first, form, "consultation.invite")
    alert = first.page.get_by_role("alert")  # one, beside the form
    expect(alert).to_have_text({"zh-CN": "所列单位均已在邀请之列", "en": "all of these were invited already"}[language])
    expect(form.locator(".chips")).to_contain_text(NAMES[WATER])
    first.page.keyboard.press("Escape")
    expect(alert).to_have_count(0)


def test_a_session_that_ended_loses_nothing_of_an_opinion(room: Room, first: Desk) -> None:
    case_id, number = room.consulted()
    hard = sit(first, "housing", case_id)
    form = opinion(first, hard, "由我局牵头")
    first.page.context.clear_cookies()
    confirm(first, form, "consultation.opinion")
    _sign_in(first, "housing")
    expect(hard.locator(".hard-said")).to_contain_text("由我局牵头")
    assert [one["words"] for one in room.call(f"consultations/{number}")["opinions"]] == ["由我局牵头"]


def test_what_somebody_else_did_meanwhile_is_told_and_the_opinion_goes_out_with_the_second_confirmation(room: Room, first: Desk) -> None:
    case_id, number = room.consulted()
    hard = sit(first, "housing", case_id)
    first.page.route("**/api/v1/events**", lambda route: route.abort())
    form = opinion(first, hard, "由我局牵头")
    first.page.route(f"**/api/v1/cases/{case_id}", lambda route: route.abort())  # no news of it comes in time
    room.act(f"consultations/{number}", "opinion", {"agency": WATER, "stance": "assists", "words": "予以配合"})
    confirm(first, form, "consultation.opinion")
    expect(hard.locator(".notice")).to_be_visible()
    expect(hard.locator(".hard-said")).to_contain_text("予以配合")
    expect(form.get_by_label(first.text("field.consultation.opinion.words"))).to_have_value("由我局牵头")
    first.page.unroute(f"**/api/v1/cases/{case_id}")
    confirm(first, form, "consultation.opinion")
    expect(hard.locator(".hard-said")).to_contain_text("由我局牵头")
    assert room.call(f"consultations/{number}")["heard"] == 2


def test_an_opinion_whose_answer_was_lost_is_given_once_however_often_it_is_confirmed(room: Room, first: Desk) -> None:
    case_id, number = room.consulted()
    hard = sit(first, "housing", case_id)
    form = opinion(first, hard, "由我局牵头")

    def lost(route: Route) -> None:
        route.fetch()
        route.abort()

    first.page.route("**/actions/opinion", lost, times=1)
    confirm(first, form, "consultation.opinion")
    expect(hard.get_by_role("alert")).to_have_text(first.text("problem.unreachable"))
    confirm(first, form, "consultation.opinion")
    expect(form).to_have_count(0)
    assert room.kinds(case_id).count("opinion_given") == 1
    assert room.call(f"consultations/{number}")["earlier"] == []


def test_who_only_looks_is_offered_nothing(room: Room, first: Desk) -> None:
    case_id, _ = room.consulted(HOUSING)
    room.call("whistles", {"case_id": case_id, "street": STREET, "agencies": [WATER], "about": "x", "due_at": f"{LATER}Z"})
    hard = sit(first, "watcher", case_id)
    expect(hard.locator(".hard-list > li")).to_have_count(2)
    expect(hard.get_by_role("button")).to_have_count(0)


def test_consultations_and_their_forms_are_accessible(room: Room, first: Desk, repo_root: Path) -> None:
    case_id, number = room.consulted(HOUSING, WATER)
    room.act(f"consultations/{number}", "minutes", {"words": "x", "attended": [HOUSING]})
    hard = sit(first, "desk1", case_id)
    for step in ("consultation.minutes", "consultation.rule", "consultation.escalate", "whistle.blow"):
        form = take(first, hard, step)
        expect(form.locator(":focus")).to_have_count(1)
        assert findings(first.page, repo_root) == []
    first.page.keyboard.press("Escape")
    expect(hard).to_be_focused()  # and not the top of the page


def test_forms_ask_what_the_service_reads(repo_root: Path) -> None:
    source = repo_root / "map_ui/console/src"
    table = json.loads((source / "case/hard.json").read_text())
    texts = json.loads((source / "i18n/en.json").read_text())
    kinds = {f"consultation.{verb}": kind for verb, kind in VERBS.items()} | {"whistle.blow": Blow}
    kinds |= {f"whistle.{verb}": kind for verb, kind in WHISTLE_VERBS.items()}
    assert (set(table["forms"]), set(table["order"])) == (set(kinds), set(VERBS))
    for step, payload in kinds.items():
        known = {one.name: one.default is MISSING for one in fields(payload)}
        asked = {name: needed for name, _, needed in table["forms"][step]}
        spoken_for = {name for name, kind, _ in table["forms"][step] if kind == "party"}  # the service knows by who calls, a person sees it
        assert asked.keys() <= known.keys(), step
        assert {name for name, must in known.items() if must} | spoken_for == {name for name, must in asked.items() if must}, step
        assert all(f"field.{name}" in texts or f"field.{step}.{name}" in texts for name in asked), step
        assert f"action.{step}" in texts
    assert {name for name, _, _ in table["besides"]["consult"]} <= {one.name for one in fields(Open)}
    assert [tuple(one) for one in table["rulers"]] == [tier.rulers for tier in TIERS.values()]
    assert (set(table["centre"]), set(table["streets"]), set(table["whistle_states"])) == (set(CENTRE), set(STREETS), set(OPEN))
    assert table["choices"]["stance"] == list(STANCES)
