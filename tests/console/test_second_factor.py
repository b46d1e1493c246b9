"""Whoever needs a second factor sets it up in the console at the first sign-in, before anything else, and goes on where they were."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from geo_service.accounts import Grant
from geo_service.accounts.registry import create_account
from geo_service.db import Database
from geo_service.migrations import migrate
from tests import city
from tests.console.conftest import LANGUAGES, PASSWORD, Desk, _desk
from tests.console.test_accessible import findings
from tests.console.test_administration import OWN, press, sign_in
from tests.services.serving import Process


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service as it is delivered: administrators and planners need a second factor, an operator may have one.
    An administrator for each language, with a password that somebody else chose."""
    folder = tmp_path_factory.mktemp("strict")
    url = f"sqlite:///{folder / 'city.db'}"
    migrate(url)
    database = Database(url)
    with database.writing() as connection:
        city.found(connection)
        held = {**{f"admin.{language.lower()}": "administrator" for language in LANGUAGES}, "planner1": "planner", "clerk1": "operator"}
        for name, role in held.items():
            account: dict[str, Any] = {"username": name, "display_name": name, "password": PASSWORD, "grants": [Grant(role)]}
            create_account(connection, **account, by="test", at=datetime.now(UTC), must_change=role == "administrator")
    database.close()
    before = os.environ.get("CITYGRID_DEMO")
    os.environ["CITYGRID_DEMO"] = "0"
    process = Process(url, folder)
    os.environ.pop("CITYGRID_DEMO") if before is None else os.environ.__setitem__("CITYGRID_DEMO", before)
    process.start()
    yield process.address
    process.kill()


@pytest.fixture
def strict_desk(strict: str, language: str, browser: Browser, repo_root: Path) -> Iterator[Desk]:
    yield from _desk(browser, strict, language, repo_root)


def test_an_administrator_sets_up_the_second_factor_and_goes_on(strict_desk: Desk, language: str, repo_root: Path) -> None:
    page, text = strict_desk.page, strict_desk.text
    page.goto("/ui/admin/users/accounts")
    sign_in(strict_desk, f"admin.{language.lower()}", PASSWORD)
    chosen = page.get_by_role("dialog", name=text("session.new_password"))
    chosen.get_by_label(text("session.password"), exact=True).fill(PASSWORD)
    chosen.get_by_label(text("session.new_password"), exact=True).fill(OWN)
    press(chosen, strict_desk, "session.new_password_save")
    dialog = page.get_by_role("dialog", name=text("session.factor"))
    expect(dialog).to_contain_text(text("session.factor_why"))
    groups = dialog.get_by_role("group", name=text("session.factor_key")).locator("span")
    expect(groups.first).to_be_visible()
    assert {len(group) for group in groups.all_text_contents()} == {4}
    secret = "".join(groups.all_text_contents())
    told = pyotp.parse_uri(dialog.get_by_role("link").get_attribute("href") or "")
    assert (told.secret, told.name) == (secret, f"admin.{language.lower()}")
    page.keyboard.press("Escape")  # there is no way round it
    right = pyotp.TOTP(secret).now()
    code = dialog.get_by_label(text("session.factor_code"))
    expect(code).to_be_focused()
    code.fill(str((int(right) + 500_000) % 1_000_000).zfill(6))
    press(dialog, strict_desk, "session.factor_confirm")
    expect(dialog.locator("#factor-wrong")).to_contain_text(text("session.factor_clock"))
    expect(code).to_have_accessible_description(re.compile(re.escape(text("session.factor_clock"))))
    assert findings(page, repo_root) == []
    code.fill(f"{right[:3]} {right[3:]}")
    press(dialog, strict_desk, "session.factor_confirm")
    expect(page.locator("main tbody tr").filter(has_text=f"admin.{language.lower()}")).to_contain_text(text("admin.totp"))
    expect(dialog).to_have_count(0)
    assert page.url.endswith("/ui/admin/users/accounts")


def test_the_key_is_copied_and_whoever_cannot_go_on_signs_out(strict_desk: Desk) -> None:
    page, text = strict_desk.page, strict_desk.text
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/ui/plan")
    sign_in(strict_desk, "planner1", PASSWORD)
    dialog = page.get_by_role("dialog", name=text("session.factor"))
    press(dialog, strict_desk, "session.factor_copy")
    expect(dialog.get_by_role("status")).to_have_text(text("session.factor_copied"))
    shown = "".join(dialog.get_by_role("group").locator("span").all_text_contents())
    assert page.evaluate("navigator.clipboard.readText()") == shown
    press(dialog, strict_desk, "session.sign_out")
    expect(page.get_by_role("dialog", name=text("session.title"))).to_be_visible()
    expect(dialog).to_have_count(0)


def test_who_need_not_may_set_one_up(strict_desk: Desk) -> None:
    page, text = strict_desk.page, strict_desk.text
    page.goto("/ui/")
    sign_in(strict_desk, "clerk1", PASSWORD)
    page.wait_for_selector("#cases[aria-busy='false']")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name=text("palette.title")).fill(text("session.factor"))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=text("session.factor"))
    expect(dialog).to_contain_text(text("session.factor_wanted"))
    press(dialog, strict_desk, "do.cancel")
    expect(dialog).to_have_count(0)
