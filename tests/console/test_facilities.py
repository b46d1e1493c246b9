"""What whoever keeps places does on their page, in a real browser, in both languages."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests import city
from tests.console.conftest import Desk, post
from tests.console.test_accessible import findings
from tests.geo_service.media.test_pictures import jpeg

NAME = "站<img src=x onerror=alert(1)>`${1}`"

MARKED = """() => {
  let found = 0;
  for (const canvas of document.querySelectorAll('.place-canvas canvas')) {
    if (!canvas.width) continue;
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    for (let i = 0; i < data.length; i += 4) found += data[i] > 235 && data[i + 1] > 215 && data[i + 2] < 205 && data[i + 3] > 40 ? 1 : 0;
  }
  return found;
}"""
"""Pixels of the colour that lies over a served area."""


def station(desk: Desk, name: str) -> int:
    lon, lat = city.lonlat(50, 50)
    body = {"kind": "station", "level": "compound", "name": name, "lon": lon, "lat": lat, "datum": "wgs84", "opening_hours": "全天"}
    return int(post(desk.address, "/api/v1/facilities", body)["id"])


def picked(page: Page, folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def test_somebody_edits_a_place_and_adds_a_photo(desk: Desk, language: str, repo_root: Path, tmp_path: Path) -> None:
    desk.open(f"/ui/facilities/{station(desk, f'{NAME}{language}')}")
    page = desk.page
    expect(page.get_by_role("heading", name=f"{NAME}{language}")).to_be_visible()
    assert findings(page, repo_root) == []
    page.get_by_role("button", name=desk.text("facility.edit"), exact=True).click()
    page.get_by_label(desk.text("facility.opening_hours")).fill("看情况")
    page.get_by_label(desk.text("facility.phone"), exact=True).fill("0353-1234567")
    assert findings(page, repo_root) == []
    page.get_by_role("button", name=desk.text("facility.save"), exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()  # what was typed stays
    page.get_by_label(desk.text("facility.opening_hours")).fill("周一至周日 00:00-24:00")
    page.get_by_role("button", name=desk.text("facility.save"), exact=True).click()
    expect(page.locator(".place-detail dl")).to_contain_text("0353-1234567")
    page.set_input_files(".place-add input", picked(page, tmp_path, "photo.jpg", jpeg()))
    expect(page.locator(".place-photos img")).to_be_visible()


def test_the_area_a_place_serves_is_drawn(desk: Desk, language: str) -> None:
    number = station(desk, f"{NAME} serves {language}")
    desk.open("/ui/facilities")
    desk.page.locator(".place-canvas canvas").first.wait_for()
    before = marked(desk.page)
    desk.open(f"/ui/facilities/{number}")
    expect(desk.page.locator(".place-legend .served")).to_be_visible()
    desk.page.wait_for_function(f"() => ({MARKED})() > 500")
    assert before == 0


def marked(page: Page) -> int:
    return int(page.evaluate(MARKED))


def test_somebody_brings_in_a_file_and_sees_its_bad_rows(desk: Desk, language: str, tmp_path: Path) -> None:
    desk.open("/ui/facilities")
    page, (lon, lat) = desk.page, city.lonlat(250, 50)
    page.get_by_role("button", name=desk.text("facility.import"), exact=True).click()
    dialog, head = page.get_by_role("dialog"), "类型,层级,名称,经度,纬度\n"
    bad = f"{head}酒吧,小区,甲,{lon},{lat}\n党群服务站,小区,乙,1,2\n"
    dialog.locator("input[type=file]").set_input_files(picked(page, tmp_path, "bad.csv", bad.encode()))
    dialog.get_by_label(desk.text("facility.datum")).select_option("wgs84")
    dialog.get_by_role("button", name=desk.text("facility.import_check")).click()
    expect(dialog.locator("tbody tr")).to_have_count(2)
    good = f"{head}党群服务站,小区,{language}站,{lon},{lat}\n"
    dialog.locator("input[type=file]").set_input_files(picked(page, tmp_path, "good.csv", good.encode()))
    dialog.get_by_role("button", name=desk.text("facility.import_check")).click()
    dialog.get_by_role("button", name=desk.text("facility.import_commit")).click()
    expect(page.locator(".place-list").get_by_text(f"{language}站")).to_be_visible()


def test_a_search_that_finds_nothing_says_so(desk: Desk) -> None:
    desk.open("/ui/facilities?q=nothing-of-the-kind")
    expect(desk.page.get_by_text(desk.text("facility.none"))).to_be_visible()
