"""What operators see of what happens meanwhile: nine tabs, a restart, a network that breaks, deadlines, urgent cases; in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.conftest import Desk, _desk, _Serving, file_report, post
from tests.console.relay import Relay
from tests.services.serving import Process

EARS = """
window.rung = 0;
window.AudioContext = class extends AudioContext { constructor() { super(); window.rung += 1; } };
"""


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A service of this file's own: it is killed and started again."""
    with _Serving(tmp_path_factory.mktemp("live"), demo=True) as started:
        file_report(started.address, 0)
        yield started


@pytest.fixture
def relay(process: Process) -> Iterator[Relay]:
    wire = Relay(process.port)
    yield wire
    wire.close()


@pytest.fixture
def desk(relay: Relay, browser: Browser, repo_root: Path) -> Iterator[Desk]:
    yield from _desk(browser, relay.address, "zh-CN", repo_root)


def test_nine_tabs_share_one_subscription_and_miss_nothing_when_the_service_restarts(desk: Desk, relay: Relay, process: Process) -> None:
    tabs = [desk.page, *(desk.page.context.new_page() for _ in range(8))]
    for tab in tabs:
        tab.goto("/ui/")
        tab.wait_for_selector("#cases[aria-busy='false']")
        expect(tab.locator(".status")).to_have_class("status live")
    made = [file_report(process.address, 1)]
    for tab in tabs:
        expect(tab.locator(f"#case-{made[0]['case_id']}")).to_be_visible()
    assert relay.streams == 1
    process.kill()
    expect(tabs[8].get_by_text(desk.text("live.lost_banner"))).to_be_visible()
    process.start()
    made += [file_report(process.address, number) for number in (2, 3)]
    post(process.address, f"/api/v1/cases/{made[0]['case_id']}/actions/file", {}, version=1)
    for tab in tabs:
        for one in made[1:]:
            expect(tab.locator(f"#case-{one['case_id']}")).to_be_visible(timeout=20_000)
        expect(tab.locator(f"#case-{made[0]['case_id']}")).to_contain_text(desk.text("state.filed"))


def test_what_is_done_without_a_network_waits_is_told_apart_and_is_done_once(desk: Desk, relay: Relay, process: Process) -> None:
    made = file_report(process.address, 4)
    desk.open(f"/ui/cases/{made['case_id']}")
    panel = desk.page.get_by_role("region", name=desk.text("case.label"))
    expect(panel).to_contain_text("第4号")
    expect(desk.page.locator(".city")).to_have_text("测试市")
    desk.page.keyboard.press("n")
    panel.get_by_role("textbox", name=desk.text("field.note")).fill("网断时记下")
    relay.cut()
    desk.page.keyboard.press("Control+Enter")
    waiting = desk.page.get_by_role("region", name=desk.text("queue.title"))
    expect(waiting).to_contain_text(desk.text("queue.waiting"))
    expect(desk.page.get_by_text(desk.text("live.lost_banner"))).to_be_visible()
    expect(desk.page.locator(f"#case-{made['case_id']} .line-queued")).to_be_visible()
    expect(panel.locator(".timeline")).not_to_contain_text("网断时记下")
    relay.mend()
    expect(panel.locator(".timeline")).to_contain_text("网断时记下", timeout=20_000)
    expect(waiting).to_have_count(0)
    expect(panel.locator(".timeline li")).to_have_count(2)
    expect(desk.page.get_by_text(desk.text("live.lost_banner"))).to_have_count(0)


def test_a_waiting_action_that_is_refused_comes_back_with_what_was_typed(desk: Desk, relay: Relay, process: Process) -> None:
    made = file_report(process.address, 5)
    desk.open(f"/ui/cases/{made['case_id']}")
    panel = desk.page.get_by_role("region", name=desk.text("case.label"))
    expect(panel).to_contain_text("第5号")
    expect(desk.page.locator(".city")).to_have_text("测试市")
    desk.page.keyboard.press("n")
    panel.get_by_role("textbox", name=desk.text("field.note")).fill("我先记的")
    relay.cut()
    desk.page.keyboard.press("Control+Enter")
    waiting = desk.page.get_by_role("region", name=desk.text("queue.title"))
    expect(waiting).to_be_visible()
    post(process.address, f"/api/v1/cases/{made['case_id']}/actions/file", {}, version=1)
    relay.mend()
    waiting.get_by_role("button", name=desk.text("queue.take_up")).click(timeout=20_000)
    expect(panel.get_by_role("textbox", name=desk.text("field.note"))).to_have_value("我先记的")
    desk.page.keyboard.press("Control+Enter")
    expect(panel.locator(".timeline")).to_contain_text("我先记的")


def test_a_service_without_a_stream_is_asked_again_and_again_and_that_shows(process: Process, browser: Browser, repo_root: Path) -> None:
    wire = Relay(process.port, without_stream=True)
    for one in _desk(browser, wire.address, "en", repo_root):
        one.open()
        expect(one.page.locator(".status")).to_have_class("status polling")
        expect(one.page.locator(".status")).to_have_text(one.text("live.polling"))
        assert one.text("live.polling") != one.text("live.live")
        made = file_report(process.address, 6)
        expect(one.page.locator(f"#case-{made['case_id']}")).to_be_visible(timeout=10_000)
    wire.close()


def test_urgent_cases_ring_and_stand_in_the_title_of_a_page_nobody_looks_at(desk: Desk, process: Process) -> None:
    desk.page.add_init_script(EARS)
    desk.open()
    desk.page.get_by_role("button", name=desk.text("app.sound")).click()
    assert desk.page.evaluate("rung") == 1  # so that one hears what it will be like
    expect(desk.page.locator(".status")).to_have_class("status live")
    desk.page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    file_report(process.address, 7)
    file_report(process.address, 7, urgency="emergency")
    expect(desk.page).to_have_title(f"(1) {desk.text('app.title')} · 测试市")
    assert desk.page.evaluate("rung") == 2
    desk.page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    expect(desk.page).to_have_title(f"{desk.text('app.title')} · 测试市")


def test_a_light_turns_when_its_time_has_come_though_nothing_is_sent(desk: Desk, process: Process) -> None:
    made = file_report(process.address, 8)
    for version, action in ((1, "file"), (2, "dispatch")):
        post(process.address, f"/api/v1/cases/{made['case_id']}/actions/{action}", {}, version=version)
    desk.page.clock.install()
    desk.open()
    light = desk.page.locator(f"#case-{made['case_id']} .line-clock")
    expect(light).to_have_class("line-clock num green")
    desk.page.clock.fast_forward(60 * 24 * 3600 * 1000)
    expect(light).to_have_class("line-clock num red")
