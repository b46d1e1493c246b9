"""Every screen of the console is usable by keyboard and by ear: axe-core finds nothing serious or critical."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import Desk

GRAVE = {"serious", "critical"}


def findings(page: Page, repo_root: Path) -> list[str]:
    """What axe-core finds on the page as it is, gravest only."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate((repo_root / "map_ui/console/node_modules/axe-core/axe.min.js").read_text() + "; undefined")
    found = page.evaluate("async () => (await axe.run(document)).violations")
    return [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in GRAVE]


def test_list_map_case_and_forms_are_accessible(desk: Desk, repo_root: Path) -> None:
    desk.open("/ui/cases/4?state=all")
    page = desk.page
    expect(page.locator(".facts")).to_be_visible()
    assert findings(page, repo_root) == []
    page.keyboard.press("n")
    expect(page.get_by_role("form")).to_be_visible()
    page.get_by_role("button", name=desk.text("filter.more")).first.click()
    assert findings(page, repo_root) == []


@pytest.mark.parametrize("key", ["r", "?", "Control+k"])
def test_report_help_and_commands_are_accessible(desk: Desk, repo_root: Path, key: str) -> None:
    desk.open()
    desk.page.keyboard.press(key)
    expect(desk.page.locator("dialog, .report").first).to_be_visible()
    assert findings(desk.page, repo_root) == []


def test_an_empty_list_and_the_sign_in_are_accessible(desk: Desk, guarded_desk: Desk, repo_root: Path) -> None:
    desk.open("/ui/?text=nothing-of-the-kind")
    expect(desk.page.get_by_text(desk.text("list.empty"))).to_be_visible()
    assert findings(desk.page, repo_root) == []
    guarded_desk.page.goto("/ui/")
    expect(guarded_desk.page.get_by_role("dialog")).to_be_visible()
    assert findings(guarded_desk.page, repo_root) == []


def test_the_rule_can_fail(desk: Desk, repo_root: Path) -> None:
    desk.open()
    desk.page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')")
    assert [one.partition(" ")[0] for one in findings(desk.page, repo_root)] == ["button-name"]
