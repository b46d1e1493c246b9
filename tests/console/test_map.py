"""What somebody does at the console's map, in a real browser, in both languages."""

import re

from playwright.sync_api import expect

from tests.console.conftest import Desk

PAINTED = """(colour) => [...document.querySelectorAll('.map canvas')].some((canvas) => {
  if (!canvas.width) return false;
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  for (let i = 0; i < data.length; i += 4) if (data[i] === colour[0] && data[i + 1] === colour[1] && data[i + 2] === colour[2]) return true;
  return false;
})"""
"""Whether a pixel of the map has this colour."""
RECEIVED = [0x15, 0x57, 0xB8]


def painted(desk: Desk, colour: list[int], *, soon: bool = True) -> bool:
    """Whether the map shows a colour, within some seconds (soon), or shows it no longer."""
    for _ in range(60):  # the page's policy lets nothing be evaluated in it, so the test looks again and again itself
        if bool(desk.page.evaluate(PAINTED, colour)) is soon:
            return soon
        desk.page.wait_for_timeout(100)
    return not soon


def near(desk: Desk, zoom: float, **more: str) -> str:
    """An address with a view of the tiny city's reports."""
    lon, lat = (desk.page.request.get(f"{desk.address}/api/v1/console/cases").json()[name][0] for name in ("lon", "lat"))
    return f"/ui/?state=received&map={zoom}/{lat}/{lon}" + "".join(f"&{name}={value}" for name, value in more.items())


def test_cases_are_points_until_they_are_switched_off(desk: Desk) -> None:
    desk.open(near(desk, 18))
    assert painted(desk, RECEIVED)
    desk.page.get_by_role("button", name=desk.text("map.layers"), exact=True).click()
    panel = desk.page.get_by_role("region", name=desk.text("map.layers"))
    panel.get_by_label(desk.text("layer.cases"), exact=True).uncheck()
    desk.page.wait_for_url(re.compile(r"layers=cases"))
    assert not painted(desk, RECEIVED, soon=False)


def test_layers_are_in_the_link_a_colleague_gets(desk: Desk) -> None:
    desk.open(near(desk, 18))
    desk.page.get_by_role("button", name=desk.text("map.layers"), exact=True).click()
    panel = desk.page.get_by_role("region", name=desk.text("map.layers"))
    panel.get_by_label(desk.text("layer.heat"), exact=True).check()
    panel.get_by_label(desk.text("map.colour_by")).select_option("load")
    desk.page.wait_for_url(re.compile(r"fill=load.*layers=heat|layers=heat.*fill=load"))
    link = desk.page.url
    desk.open("/ui/")
    desk.open(link)
    expect(desk.page.locator(".legend")).to_contain_text(desk.text("legend.heat"))
    expect(desk.page.locator(".legend")).to_contain_text(desk.text("fill.load"))
    desk.page.get_by_role("button", name=desk.text("map.layers"), exact=True).click()
    expect(panel.get_by_label(desk.text("layer.heat"), exact=True)).to_be_checked()


def test_the_time_slider_shows_the_cases_of_one_day(desk: Desk) -> None:
    desk.open(near(desk, 18))
    assert painted(desk, RECEIVED)
    desk.page.get_by_role("button", name=desk.text("map.layers"), exact=True).click()
    desk.page.get_by_label(desk.text("map.time_slider"), exact=True).check()
    bar = desk.page.get_by_role("group", name=desk.text("map.time_slider"))
    expect(bar.locator("output")).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d · [1-9]"))
    assert painted(desk, RECEIVED)
    bar.get_by_label(desk.text("map.count_by")).select_option("closed")
    assert not painted(desk, RECEIVED, soon=False)
    bar.get_by_role("button", name=desk.text("do.close")).click()
    expect(bar).to_have_count(0)
    assert painted(desk, RECEIVED)


def test_the_map_says_where_the_pointer_is_and_in_which_datum(desk: Desk) -> None:
    desk.open(near(desk, 18))
    desk.page.locator(".map").hover(position={"x": 300, "y": 200})
    expect(desk.page.locator(".read-out")).to_have_text(re.compile(r"^\d+\.\d{6}, \d+\.\d{6} WGS-84$"))
    expect(desk.page.get_by_role("img", name=desk.text("map.north"))).to_be_visible()
    expect(desk.page.locator(".ol-scale-line")).to_be_visible()


def test_a_printed_map_says_what_it_shows(desk: Desk) -> None:
    desk.page.add_init_script("window.print = () => { window.__head = document.querySelector('.print-head').innerText; };")
    desk.open(near(desk, 18))
    desk.page.get_by_role("button", name=desk.text("map.print"), exact=True).click()
    expect(desk.page.locator("html")).not_to_have_class(re.compile("on-paper"))
    head = desk.page.evaluate("() => window.__head")
    assert desk.text("map.print_title") in head
    assert desk.text("map.generation", number=1) in head
