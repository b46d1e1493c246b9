"""What whoever administers the city does on the administration's page, in a real browser. Every tab opens in both languages."""

import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from geo_service.accounts import Grant
from geo_service.accounts.registry import create_account
from geo_service.db import Database
from geo_service.migrations import migrate
from geo_service.notify import outbox, repository
from tests import city
from tests.console.conftest import PASSWORD, Desk, _desk, file_report
from tests.console.test_accessible import findings
from tests.services.serving import Process

PARTS = {
    "users": ("accounts", "keys"),
    "rules": ("limits", "matrix", "calendar"),
    "people": ("posts", "persons", "absences", "coverage"),
    "messages": ("templates", "outbox", "subscriptions"),
    "audit": ("events", "access", "verify", "jobs"),
}
OWN = "another-long-password-8"
SETTINGS = {"CITYGRID_DEMO": "0", "CITYGRID_SECOND_FACTOR_FOR": "[]"}


@dataclass(frozen=True)
class Office:
    """A service of its own, so that what is done here disturbs nobody: its address, and the number of the one report in A."""

    address: str
    in_a: str


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A city with an administrator, an auditor and one message that could not be sent."""
    folder = tmp_path_factory.mktemp("office")
    url = f"sqlite:///{folder / 'city.db'}"
    migrate(url)
    database = Database(url)
    now = datetime.now(UTC)
    with database.writing() as connection:
        city.found(connection)
        for username, role in (("admin1", "administrator"), ("audit1", "auditor"), ("clerk1", "operator")):
            account: dict[str, Any] = {"username": username, "display_name": username, "password": PASSWORD, "grants": [Grant(role)]}
            create_account(connection, **account, by="test", at=now, must_change=False)
        nobody: dict[str, Any] = {"account_id": None, "case_id": None, "area_code": None, "category": None, "kinds": None, "secret": None}
        told: dict[str, Any] = {
            "owner": "admin1",
            "owner_kind": "user",
            "channel": "file",
            "address": "desk",
            "language": "zh-CN",
            "at": now,
        }
        made = repository.subscribe(connection, **told, **nobody)
        outbox.add(connection, [dead_letter(made.subscription_id, now)])
    database.close()
    wanted = {**SETTINGS, "CITYGRID_MESSAGES_FILE": str(folder / "messages.jsonl")}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    process = Process(url, folder)
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
    process.start()
    lon, lat = city.lonlat(250, 50)
    in_a = file_report(process.address, 0)["tracking_number"]
    file_report(process.address, 1, lon=lon, lat=lat)  # of another community
    yield Office(process.address, in_a)
    process.kill()


def dead_letter(subscription_id: int, at: datetime) -> dict[str, Any]:
    told = {"kind": "received", "channel": "file", "address": "desk", "language": "zh-CN", "subject": "未送达", "body": "一条消息"}
    state = {"state": "dead", "attempts": 10, "last_error": "http_503", "next_at": at, "created_at": at, "payload": {}}
    return {**told, **state, "message_id": f"m-1-{subscription_id}", "subscription_id": subscription_id, "position": 1, "case_id": None}


@pytest.fixture
def office_desk(office: Office, browser: Browser, repo_root: Path) -> Iterator[Desk]:
    """The office's page, in Chinese."""
    yield from _desk(browser, office.address, "zh-CN", repo_root)


@pytest.fixture
def admin(office_desk: Desk) -> Desk:
    """The same with the administrator signed in, at the users."""
    held = office_desk.page.context.request
    assert held.post("/api/v1/session", data={"username": "admin1", "password": PASSWORD}).ok
    office_desk.page.goto("/ui/admin/users/accounts")
    return office_desk


def sign_in(desk: Desk, username: str, password: str) -> None:
    dialog = desk.page.get_by_role("dialog", name=desk.text("session.title"))
    dialog.locator("[name=username]").fill(username)
    dialog.locator("[name=password]").fill(password)
    dialog.get_by_role("button", name=desk.text("session.sign_in")).click()
    expect(dialog).to_have_count(0)


def row(page: Page, text: str) -> Locator:
    return page.locator("main tbody tr").filter(has_text=text)


def press(where: Page | Locator, desk: Desk, key: str, **values: object) -> None:
    where.get_by_role("button", name=desk.text(key, **values), exact=True).click()


def choose(dialog: Locator, label: str, text: str) -> None:
    box = dialog.get_by_role("combobox", name=label, exact=True)
    box.click()
    box.fill(text)
    dialog.locator("[role=option]:not(.none)").locator("visible=true").first.click()


@pytest.mark.parametrize("tab", PARTS)
def test_every_part_opens_by_its_address_and_is_accessible(desk: Desk, repo_root: Path, tab: str) -> None:
    page = desk.page
    for part in PARTS[tab]:
        desk.open(f"/ui/admin/{tab}/{part}")
        expect(page.locator(".admin-bar [aria-current]")).to_have_text(desk.text(f"admin.tab.{tab}"))
        expect(page.locator("main h2").first).to_be_visible()
        expect(page.locator("main .sheet-bone")).to_have_count(0)
        assert page.locator("main .failure").count() == 0
        assert findings(page, repo_root) == [], part


def test_a_user_is_made_for_a_part_of_the_city_and_sees_no_more_than_that(admin: Desk, office: Office) -> None:
    page = admin.page
    press(page, admin, "admin.account_new")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(admin.text("session.username")).fill("desk.a")
    dialog.get_by_label(admin.text("admin.display_name")).fill("甲社区调度员")
    dialog.get_by_label(admin.text("admin.first_password")).fill("short")
    choose(dialog, admin.text("admin.area"), city.A)
    press(dialog, admin, "admin.save")
    expect(dialog.get_by_role("alert")).to_be_visible()  # too short; what was typed stays
    dialog.get_by_label(admin.text("admin.first_password")).fill(PASSWORD)
    press(dialog, admin, "admin.save")
    expect(row(page, "desk.a")).to_contain_text(admin.text("admin.must_change"))
    page.get_by_role("button", name=admin.text("session.sign_out")).click()
    sign_in(admin, "desk.a", PASSWORD)
    dialog = page.get_by_role("dialog", name=admin.text("session.new_password"))
    dialog.get_by_label(admin.text("session.password"), exact=True).fill(PASSWORD)
    dialog.get_by_label(admin.text("session.new_password"), exact=True).fill(OWN)
    press(dialog, admin, "session.new_password_save")
    expect(page.get_by_text(admin.text("admin.not_yours"))).to_be_visible()
    page.goto("/ui/")
    cases = page.locator("#cases .line")
    expect(cases).to_have_count(1)
    expect(cases).to_contain_text(office.in_a.partition("-")[2])
    expect(page.get_by_role("link", name=admin.text("page.admin"))).to_have_count(0)


def test_a_password_is_reset_and_a_user_locked_out_and_let_in_again(admin: Desk) -> None:
    page = admin.page
    press(row(page, "clerk1"), admin, "admin.reset_password")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(admin.text("admin.new_password")).fill(OWN)
    press(dialog, admin, "admin.go.password")
    expect(row(page, "clerk1")).to_contain_text(admin.text("admin.must_change"))
    for act, after in (("disable", "disabled"), ("enable", "active")):
        press(row(page, "clerk1"), admin, f"admin.{act}")
        press(page.get_by_role("dialog"), admin, f"admin.go.{act}")
        expect(row(page, "clerk1")).to_contain_text(admin.text(f"admin.{after}"))


CHANGE_BEHIND = """async () => {
  const csrf = (await (await fetch('/api/v1/session')).json()).csrf;
  const one = (await (await fetch('/api/v1/accounts')).json()).items.find((it) => it.username === 'clerk1');
  const headers = { 'Content-Type': 'application/json', 'If-Match': `"${one.version}"`, 'X-CSRF-Token': csrf };
  const body = JSON.stringify({ display_name: 'somebody else was quicker' });
  return (await fetch(`/api/v1/accounts/${one.account_id}`, { method: 'PATCH', headers, body })).status;
}"""


def test_who_changes_a_user_that_somebody_else_changed_is_told(admin: Desk) -> None:
    page = admin.page
    press(row(page, "clerk1"), admin, "admin.change")
    dialog = page.get_by_role("dialog")
    assert page.evaluate(CHANGE_BEHIND) == 200
    dialog.get_by_label(admin.text("admin.display_name")).fill("调度一席")
    press(dialog, admin, "admin.save")
    expect(dialog.get_by_role("alert").first).to_be_visible()
    expect(dialog.get_by_label(admin.text("admin.display_name"))).to_have_value("调度一席")


def test_a_key_is_shown_once_works_and_is_revoked(admin: Desk, office: Office) -> None:
    page = admin.page
    page.goto("/ui/admin/users/keys")
    press(page, admin, "admin.key_new")
    page.get_by_role("dialog").get_by_label(admin.text("admin.name")).fill("12345")
    press(page.get_by_role("dialog"), admin, "admin.key_make")
    secret = page.get_by_label(admin.text("admin.key_secret")).input_value()
    assert answer_to(office, secret) == 200
    press(page, admin, "admin.key_kept")
    page.reload()
    press(row(page, "12345"), admin, "admin.revoke")
    assert secret not in page.content()
    press(page.get_by_role("dialog"), admin, "admin.revoke")
    expect(row(page, "12345")).to_contain_text(admin.text("admin.revoked"))
    assert answer_to(office, secret) == 401


def answer_to(office: Office, key: str) -> int:
    request = urllib.request.Request(f"{office.address}/api/v1/cases", headers={"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_a_file_of_limits_is_refused_by_row_and_the_mended_one_comes_into_force(admin: Desk, tmp_path: Path) -> None:
    page = admin.page
    page.goto("/ui/admin/rules/limits")
    with page.expect_download() as downloaded:
        page.get_by_role("link", name=admin.text("admin.download", form="CSV")).click()
    lines = downloaded.value.path().read_text("utf-8-sig").splitlines()
    press(page, admin, "admin.upload")
    dialog = page.get_by_role("dialog")
    for amount, name in (("many", "bad.csv"), ("3", "good.csv")):
        cells = lines[2].split(",")
        cells[4] = amount
        (tmp_path / name).write_text("\n".join([*lines[:2], ",".join(cells), *lines[3:]]) + "\n", "utf-8")
        dialog.locator("input[type=file]").set_input_files(tmp_path / name)
        press(dialog, admin, "admin.upload_check")
        if amount == "many":
            expect(dialog.locator("tbody tr")).to_have_count(1)
            expect(dialog.locator("tbody tr")).to_contain_text("many")
            expect(dialog.get_by_role("button", name=admin.text("admin.upload_commit"))).to_have_count(0)
    expect(dialog.locator(".differences ins")).to_have_text("3")
    press(dialog, admin, "admin.upload_commit")
    expect(page.locator("main")).to_contain_text(admin.text("admin.version_in_force", version=2))


def test_the_matrix_is_proven(admin: Desk) -> None:
    page = admin.page
    page.goto("/ui/admin/rules/matrix")
    press(page, admin, "admin.prove")
    expect(page.locator("main").get_by_role("status")).to_contain_text(admin.text("admin.proof_whole"))


def test_a_day_of_the_calendar_is_turned_over(admin: Desk) -> None:
    page = admin.page
    page.goto("/ui/admin/rules/calendar")
    page.get_by_label(admin.text("admin.year")).select_option("2027")
    day = page.locator(".month button").filter(has_text="2027-03-03")
    day.click()
    press(page, admin, "admin.calendar_save")
    press(page.get_by_role("dialog"), admin, "admin.upload_commit")
    expect(page.locator("main")).to_contain_text(admin.text("admin.version_in_force", version=2))
    page.reload()
    page.get_by_label(admin.text("admin.year")).select_option("2027")
    expect(day).to_contain_text(admin.text("admin.day_off"))


def test_a_person_is_put_on_a_post(admin: Desk) -> None:
    page = admin.page
    page.goto("/ui/admin/people/posts?role=micro_grid_leader")
    press(row(page, "钱五"), admin, "admin.appoint")
    dialog = page.get_by_role("dialog")
    press(dialog, admin, "admin.appoint")
    expect(dialog.get_by_role("alert").first).to_be_visible()  # nobody was chosen
    choose(dialog, admin.text("admin.person"), "郑九")
    press(dialog, admin, "admin.appoint")
    expect(row(page, "钱五")).to_contain_text("郑九")


def test_nobody_goes_with_open_cases_unless_somebody_takes_them_over(admin: Desk, office: Office) -> None:
    page = admin.page
    page.goto("/ui/admin/people/persons?q=王一")
    press(row(page, "王一"), admin, "admin.remove")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(admin.text("admin.reason")).fill("调离")
    press(dialog, admin, "admin.remove")
    expect(dialog.get_by_role("alert")).to_contain_text(office.in_a)
    dialog.get_by_label(admin.text("admin.successor")).select_option("person")
    choose(dialog, admin.text("admin.person"), "吴八")
    press(dialog, admin, "admin.remove")
    expect(row(page, "王一").locator(".flag.bad")).to_be_visible()


def test_somebody_is_away_and_back(admin: Desk) -> None:
    page = admin.page
    page.goto("/ui/admin/people/persons?q=李二")
    press(row(page, "李二"), admin, "admin.absence_new")
    choose(page.get_by_role("dialog"), admin.text("admin.stand_in"), "张三")
    press(page.get_by_role("dialog"), admin, "admin.save")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto("/ui/admin/people/absences")
    expect(row(page, "李二")).to_contain_text("张三")
    press(row(page, "李二"), admin, "admin.back")
    press(page.get_by_role("dialog"), admin, "admin.back")
    expect(row(page, "李二")).to_have_count(0)


def test_what_is_missing_is_counted_and_listed(admin: Desk) -> None:
    page = admin.page
    page.goto("/ui/admin/people/coverage")
    page.get_by_role("button", name=admin.text("admin.gap_list")).first.click()
    expect(page.locator("section").last.locator("tbody")).to_contain_text(city.A2)


def test_a_text_is_edited_with_a_preview(admin: Desk) -> None:
    page = admin.page
    page.goto("/ui/admin/messages/templates?audience=reporter&language=zh-CN")
    press(row(page, admin.text("event.closed")), admin, "admin.edit")
    dialog = page.get_by_role("dialog")
    text = dialog.get_by_label(admin.text("admin.text"))
    text.fill("您反映的{nonsense}已办结。")
    expect(dialog.locator(".admin-notice")).to_contain_text("{nonsense}")
    press(dialog, admin, "admin.save")
    expect(dialog.get_by_role("alert")).to_be_visible()
    text.fill("您反映的事项（")
    press(dialog, admin, "admin.placeholder.tracking_number")
    expect(dialog.locator(".preview")).to_contain_text(f"您反映的事项（{admin.text('admin.example.tracking_number')}")
    press(dialog, admin, "admin.save")
    expect(row(page, admin.text("event.closed"))).to_contain_text("您反映的事项（{tracking_number}")


def test_a_message_that_could_not_be_sent_is_sent_again(admin: Desk) -> None:
    page = admin.page
    page.goto("/ui/admin/messages/outbox?state=dead")
    press(row(page, "未送达"), admin, "admin.resend")
    expect(page.locator(".toasts")).to_contain_text(admin.text("admin.resent"))
    expect(row(page, "未送达")).to_have_count(0)


def test_an_auditor_sees_the_audit_alone_and_proves_the_log(office_desk: Desk) -> None:
    page = office_desk.page
    page.goto("/ui/admin/audit/verify")
    sign_in(office_desk, "audit1", PASSWORD)
    expect(page.locator(".admin-bar a")).to_have_text([office_desk.text("admin.tab.audit")])
    press(page, office_desk, "admin.verify")
    expect(page.locator(".verdict")).to_have_text(office_desk.text("admin.whole"))
    page.goto("/ui/admin/audit/events?kind=signed_in")
    expect(row(page, "audit1").first).to_be_visible()
