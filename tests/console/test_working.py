"""What an operator does at the console, in a real browser, in both languages."""

import re

from playwright.sync_api import expect

from tests.console.conftest import PASSWORD, Desk, file_report

COLOURS = """() => {
  const all = new Set();
  for (const canvas of document.querySelectorAll('.map canvas')) {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    for (let i = 0; i < data.length; i += 4 * 53) all.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
  }
  return all.size;
}"""
"""How many colours the map is drawn in: an empty one has a few."""


def test_an_operator_sees_list_map_and_counts_that_agree(desk: Desk) -> None:
    desk.open("/ui/?state=received")
    tab = desk.page.get_by_role("tab", selected=True)
    shown = desk.page.locator("#cases").get_by_role("option").first
    expect(shown).to_be_visible()
    assert re.search(r"\d+", tab.inner_text()) is not None
    assert f" {shown.get_attribute('aria-setsize')}" in f" {tab.inner_text()}"
    for _ in range(100):  # the policy of the page lets nothing be evaluated in it, so the test looks again and again itself
        if desk.page.evaluate(COLOURS) > 8:
            break
        desk.page.wait_for_timeout(100)
    assert desk.page.evaluate(COLOURS) > 8


def test_what_residents_wrote_is_shown_as_text(desk: Desk) -> None:
    desk.open()
    expect(desk.page.get_by_text("<img src=x onerror=alert(1)>${1+1}`").first).to_be_visible()


def test_an_operator_filters_and_sends_the_link_to_a_colleague(desk: Desk) -> None:
    desk.open()
    desk.page.locator("#search").fill("第7号")
    expect(desk.page.locator("#cases").get_by_role("option")).to_have_count(1)
    desk.page.wait_for_url("**text=*")
    link = desk.page.url
    desk.open("/ui/")
    desk.open(link)
    expect(desk.page.locator("#search")).to_have_value("第7号")
    expect(desk.page.locator("#cases").get_by_role("option")).to_have_count(1)
    desk.page.get_by_role("button", name=desk.text("filter.clear")).click()
    expect(desk.page.locator("#cases").get_by_role("option").nth(2)).to_be_visible()


def test_an_operator_follows_a_deep_link_to_a_case(desk: Desk) -> None:
    desk.open("/ui/cases/3?state=all")
    panel = desk.page.get_by_role("region", name=desk.text("case.label"))
    expect(panel).to_contain_text("第2号")
    expect(panel.get_by_role("heading", name=desk.text("why.title"))).to_be_visible()
    expect(panel.get_by_text(desk.text("event.received")).first).to_be_visible()


def test_a_case_that_is_closed_leaves_nothing_behind(desk: Desk) -> None:
    desk.open("/ui/?state=all")
    browser = desk.page.context.new_cdp_session(desk.page)

    def nodes_after(times: int) -> int:
        for _ in range(times):
            desk.page.keyboard.press("Enter")
            desk.page.locator(".panel .state").wait_for()  # a handle, as wait_for_selector returns, would keep the panel alive
            desk.page.keyboard.press("Escape")
            desk.page.locator(".panel").wait_for(state="detached")
        desk.page.wait_for_timeout(300)
        browser.send("HeapProfiler.collectGarbage")
        return int(browser.send("Memory.getDOMCounters")["nodes"])

    desk.page.locator("#cases").focus()
    desk.page.keyboard.press("j")
    few = nodes_after(2)
    assert nodes_after(6) < few + 100  # a panel has more than 150


def test_a_case_nobody_has_is_said_so(desk: Desk) -> None:
    desk.open("/ui/cases/99999")
    expect(desk.page.get_by_role("region", name=desk.text("case.label")).get_by_role("alert")).to_be_visible()


def test_an_operator_files_and_dispatches_by_keyboard(desk: Desk) -> None:
    made = file_report(desk.address, 1)
    desk.open("/ui/")
    keys = desk.page.keyboard
    keys.press("j")
    keys.press("Enter")
    panel = desk.page.get_by_role("region", name=desk.text("case.label"))
    expect(panel).to_contain_text(made["tracking_number"])
    for key, state in (("f", "state.filed"), ("d", "state.dispatched")):
        keys.press(key)
        expect(panel.get_by_role("form")).to_be_visible()
        keys.press("Control+Enter")
        expect(panel.locator(".state")).to_have_text(desk.text(state))
    expect(desk.page.locator(f"#case-{made['case_id']}")).to_contain_text(desk.text("state.dispatched"))


def test_an_operator_files_a_callers_report_by_address(desk: Desk) -> None:
    desk.open()
    desk.page.keyboard.press("r")
    desk.page.get_by_label(desk.text("report.address"), exact=True).fill("阳光小区1号楼")
    desk.page.locator(".suggestions button").first.click()
    expect(desk.page.locator(".where")).to_contain_text("王一")
    desk.page.get_by_label(desk.text("report.description")).fill("楼道灯坏了")
    desk.page.get_by_label(desk.text("report.phone")).fill("13800138000")
    form = desk.page.get_by_role("region", name=desk.text("report.title"))
    form.get_by_role("button", name=desk.text("report.send")).click()
    panel = desk.page.get_by_role("region", name=desk.text("case.label"))
    expect(panel).to_contain_text("楼道灯坏了")
    expect(desk.page.locator("#cases")).to_contain_text("楼道灯坏了")


def test_a_new_case_does_not_move_the_list_under_the_pointer(desk: Desk) -> None:
    desk.open()
    first = desk.page.locator("#cases").get_by_role("option").first
    expect(first).to_contain_text("号")
    before = first.get_attribute("id")
    first.hover()
    file_report(desk.address, 2)
    pill = desk.page.locator(".pill")
    expect(pill).to_be_visible()
    assert first.get_attribute("id") == before
    pill.click()
    expect(first).not_to_have_attribute("id", before or "")


def test_an_operator_changes_the_language(desk: Desk, language: str) -> None:
    desk.open()
    desk.page.get_by_role("button", name=desk.text("app.other_language"), exact=True).click()
    other = "en" if language == "zh-CN" else "zh-CN"
    expect(desk.page.locator("html")).to_have_attribute("lang", other)
    desk.page.reload()
    expect(desk.page.locator("html")).to_have_attribute("lang", other)


def test_an_operator_signs_in_after_the_session_ended_and_nothing_is_lost(guarded_desk: Desk) -> None:
    desk, page = guarded_desk, guarded_desk.page
    page.goto("/ui/cases/1")
    _sign_in(desk)
    panel = page.get_by_role("region", name=desk.text("case.label"))
    expect(panel).to_contain_text("第0号")
    page.keyboard.press("n")
    panel.get_by_role("textbox", name=desk.text("field.note")).fill("已电话联系")
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    _sign_in(desk)
    expect(panel.locator(".timeline")).to_contain_text("已电话联系")
    expect(panel.get_by_role("form")).to_have_count(0)


def _sign_in(desk: Desk, username: str = "desk1") -> None:
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label(desk.text("session.username")).fill(username)
    dialog.get_by_label(desk.text("session.password")).fill(PASSWORD)
    dialog.get_by_role("button", name=desk.text("session.sign_in"), exact=True).click()
    expect(dialog).to_have_count(0)
