"""What a planner does at the table, in a real browser; the whole draft is proven by the service, and by GEOS here, after every step."""

import json
import math
import re
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from playwright.sync_api import Browser, Locator, expect

from tests import city
from tests.console.conftest import Desk, _desk, _Serving
from tests.console.test_accessible import findings

MIDDLE = (250.0, 125.0)
ZOOM = 17.5
A101, A102, A201 = f"{city.A1}01", f"{city.A1}02", f"{city.A2}01"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demonstration of its own: what is published here is nobody else's business."""
    with _Serving(tmp_path_factory.mktemp("planned"), demo=True) as process:
        yield process.address


@pytest.fixture
def table(planned: str, browser: Browser, repo_root: Path, request: pytest.FixtureRequest) -> "Iterator[Table]":
    """The console on that demonstration; in Chinese unless the test says otherwise."""
    for desk in _desk(browser, planned, getattr(request, "param", "zh-CN"), repo_root):
        yield Table(desk)


class Table:
    """A planner at the table. Places are metres from the tiny city's corner."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.page, self.text = desk, desk.page, desk.text
        self.number = 0

    def begin(self, title: str) -> None:
        """A new draft, and the whole tiny city in view."""
        self.page.goto("/ui/plan")
        self.page.get_by_label(self.text("plan.new_title")).fill(title)
        self.page.get_by_role("button", name=self.text("plan.new"), exact=True).click()
        self.page.wait_for_url("**/ui/plan/*")
        self.number = int(self.page.url.partition("/plan/")[2].partition("?")[0])
        self.look()

    def look(self) -> None:
        lon, lat = city.lonlat(*MIDDLE)
        with self.page.expect_response(re.compile(r"/areas\?bbox")):
            self.page.goto(f"/ui/plan/{self.number}?at={ZOOM}/{lat}/{lon}")
        expect(self.board).to_have_attribute("aria-busy", "false")

    @property
    def board(self) -> Locator:
        return self.page.get_by_role("application")

    @property
    def pane(self) -> Locator:
        return self.page.get_by_role("tabpanel")

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The pixel of a place."""
        box = self.board.bounding_box()
        assert box is not None
        (x0, y0), (x1, y1) = (mercator(*city.lonlat(*place)) for place in (MIDDLE, (x, y)))
        resolution = 2 * math.pi * 6378137 / 256 / 2**ZOOM
        return box["x"] + box["width"] / 2 + (x1 - x0) / resolution, box["y"] + box["height"] / 2 - (y1 - y0) / resolution

    def click(self, x: float, y: float) -> None:
        self.page.mouse.click(*self.at(x, y))

    def drag(self, *places: tuple[float, float], drop: bool = True) -> None:
        mouse = self.page.mouse
        mouse.move(*self.at(*places[0]))
        mouse.down()
        for place in places[1:]:
            mouse.move(*self.at(*place), steps=6)
        if drop:
            mouse.up()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def paint(self, x: float, y: float, *, like: tuple[float, float]) -> None:
        """Picks a grid up at one place and paints the area at another with it."""
        self.press("2")
        self.click(*like)
        expect(self.page.locator(".board-hint")).to_be_visible()
        self.click(x, y)
        self.drawn()

    def split(self, *line: tuple[float, float]) -> None:
        self.press("3")
        for place in line:
            self.click(*place)
            self.page.wait_for_timeout(300)  # two quick clicks would be a double click
        self.press("Enter")

    def drawn(self) -> None:
        """Waits until the drawing and whom it concerns are shown."""
        expect(self.pane.locator(".impact")).to_be_visible()

    def apply(self) -> None:
        head = self.head()
        self.press("Enter")
        self.settled(head + 1)

    def settled(self, head: int) -> None:
        """Waits until the table stands at a step, and has the whole draft proven."""
        expect(self.page.locator(".tools")).to_contain_text(self.text("plan.over", base=self.base(), head=head))
        prove(self.desk.address, self.number, head)

    def head(self) -> int:
        return int(ask(self.desk.address, f"/api/v1/drafts/{self.number}")["head"])

    def base(self) -> int:
        return int(ask(self.desk.address, f"/api/v1/drafts/{self.number}")["base_generation"])

    def distance_to_a_corner(self, x: float, y: float) -> float:
        """Metres from a place to the nearest corner of an area of the draft."""
        seen = ask(self.desk.address, f"/api/v1/drafts/{self.number}/areas?bbox=113,37,114,38")
        corners = [position for one in seen["leaves"] if one["geometry"] for position in one["geometry"]["coordinates"][0]]
        here, scale = mercator(*city.lonlat(x, y)), math.cos(math.radians(city.lonlat(x, y)[1]))
        return min(math.dist(here, mercator(*position)) for position in corners) * scale

    def show(self, pane: str) -> None:
        self.page.get_by_role("tab", name=self.text(f"plan.pane.{pane}")).click()


def mercator(lon: float, lat: float) -> tuple[float, float]:
    return math.radians(lon) * 6378137, math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * 6378137


def ask(address: str, path: str, body: Any = None, **headers: str) -> Any:
    """The service's answer to a call, past the browser."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}{path}", data=content, headers={"Content-Type": "application/json", **headers})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def prove(address: str, number: int, head: int) -> None:
    """Both proofs of the service over the whole draft hold, and GEOS finds nothing in the file it hands out."""
    check = ask(address, f"/api/v1/drafts/{number}/check")
    assert (check["head"], check["holds"]) == (head, True), check
    with (
        tempfile.TemporaryDirectory() as folder,
        urllib.request.urlopen(f"{address}/api/v1/drafts/{number}/export", timeout=30) as response,
    ):
        path = Path(folder, "draft.gpkg")
        path.write_bytes(response.read())
        leaves = geopandas.read_file(path).geometry.dropna()
    assert leaves.is_valid.all()
    assert shapely.coverage_is_valid(leaves.to_numpy())


def report(address: str, x: float, y: float) -> dict[str, Any]:
    lon, lat = city.lonlat(x, y)
    said = {"lon": lon, "lat": lat, "datum": "wgs84", "accuracy_m": 5, "channel": "mini_program", "description": "路灯不亮"}
    answer: dict[str, Any] = ask(address, "/api/v1/reports", said)
    return answer


def area_of(address: str, case_id: int) -> tuple[str, str]:
    """(leaf, grid) that a case was given."""
    case = ask(address, f"/api/v1/cases/{case_id}")
    return case["area"]["code"], case["areas"]["grid"]


def test_a_planner_paints_splits_drags_undoes_and_publishes_and_only_new_reports_follow(table: Table, repo_root: Path) -> None:
    address = table.desk.address
    stays, goes = (report(address, x, 150)["case_id"] for x in (20, 80))
    table.begin("学校周边调整")
    assert findings(table.page, repo_root) == []

    table.paint(50, 150, like=(50, 50))
    expect(table.pane).to_contain_text("甲2-01 → 甲社区第1网格")
    expect(table.pane).to_contain_text(table.text("plan.n_open_cases", count=2))
    expect(table.pane).to_contain_text("李二")  # who answers for the grid that wins
    assert findings(table.page, repo_root) == []
    assert table.head() == 0  # nothing is done before it is applied
    table.apply()

    table.split((40, 88), (40, 212))
    table.drawn()
    expect(table.pane).to_contain_text(table.text("plan.n_open_cases", count=1))
    table.apply()

    table.press("4")
    before = table.board.bounding_box()
    table.drag((100, 100), (112, 88), (112, 112))
    table.drawn()
    assert table.board.bounding_box() == before  # the map does not move under the pointer
    table.apply()
    assert table.distance_to_a_corner(112, 112) < 1.5

    table.press("Control+z")
    table.settled(4)
    table.show("steps")
    expect(table.pane.locator(".taken_back")).to_contain_text(table.text("plan.op.move_vertices"))
    table.press("Control+Shift+Z")
    table.settled(5)
    expect(table.pane.locator("li")).to_have_count(5)
    expect(table.pane.locator(".taken_back")).to_have_count(0)

    table.show("review")
    table.pane.get_by_role("button", name=table.text("plan.replay_days", days=30)).click()
    expect(table.pane).to_contain_text(table.text("plan.replayed", days=30, cases=2, moved=2))
    table.pane.get_by_role("button", name=table.text("plan.prepare"), exact=True).click()
    expect(table.pane.get_by_role("progressbar")).to_be_visible()
    table.pane.get_by_role("button", name=table.text("plan.publish_now")).click()
    expect(table.pane).to_contain_text(table.text("plan.published", generation=2))
    expect(table.pane).to_contain_text(table.text("plan.cases_after", moved=0, ask=1, kept=1))

    assert [area_of(address, one) for one in (stays, goes)] == [(A201, city.A2)] * 2
    fresh = [area_of(address, report(address, x, 150)["case_id"]) for x in (20, 80)]
    assert {grid for _, grid in fresh} == {city.A1}
    assert len({leaf for leaf, _ in fresh}) == 2
    moved = area_of(address, report(address, 103, 104)["case_id"])
    assert moved[1] == city.A1  # inside what the dragged corner won


@pytest.mark.parametrize("table", ["en"], indirect=True)
def test_a_refused_split_is_shown_at_its_place_and_corrected(table: Table) -> None:
    table.begin("corrected")
    table.split((330, 60), (470, 60))  # ends inside the village: it cuts nothing off
    refused = table.pane.get_by_role("alert")
    expect(refused).to_contain_text("NO_SPLIT")
    expect(refused).to_contain_text(table.text("plan.correct_it"))
    expect(table.pane.get_by_role("button", name=table.text("plan.apply"))).to_be_disabled()
    table.press("Enter")
    assert table.head() == 0
    table.split((290, 60), (510, 60))
    table.drawn()
    expect(table.pane.get_by_role("alert")).to_have_count(0)
    table.apply()
    table.show("defects")
    leaves = ask(table.desk.address, f"/api/v1/drafts/{table.number}/check")["proof"]["leaves"]
    expect(table.pane.locator(".holds")).to_contain_text(table.text("plan.holds", leaves=leaves, head=1))
    expect(table.pane.get_by_role("button", name=table.text("plan.go_to")).first).to_be_visible()


@pytest.mark.parametrize("table", ["en"], indirect=True)
def test_a_planner_who_was_overtaken_sees_what_changed_and_goes_on(table: Table) -> None:
    table.begin("two planners")
    table.press("5")
    table.drag((340, 110), (340, 160), (270, 160), (270, 112))  # the village takes a piece of the neighbour
    table.drawn()
    other = ask(table.desk.address, f"/api/v1/drafts/{table.number}/areas?bbox=113,37,114,38")
    key = next(one["key"] for one in other["leaves"] if one["code"] == A101)
    renamed = {"operation": {"kind": "rename", "area": key, "name": "东风里"}}
    ask(table.desk.address, f"/api/v1/drafts/{table.number}/operations", renamed, **{"If-Match": '"0"'})
    table.press("Enter")
    conflict = table.page.locator(".conflict")
    expect(conflict).to_contain_text(table.text("plan.op.rename"))
    expect(conflict).to_contain_text(table.text("plan.conflict_kept"))
    conflict.get_by_role("button", name=table.text("plan.go_on")).click()
    table.drawn()
    table.apply()
    table.show("steps")
    expect(table.pane.locator("li")).to_have_count(2)


def test_a_connection_that_breaks_while_an_edge_is_dragged_loses_nothing_and_does_nothing_twice(table: Table) -> None:
    table.begin("断线")
    lost: list[str] = []

    def cut(route: Any) -> None:
        """The first time the service does it and the answer is lost."""
        if route.request.method == "GET":
            route.fallback()
            return
        if not lost:
            route.fetch()
        lost.append(route.request.post_data)
        route.abort()

    table.press("4")
    operations = re.compile(r"/operations$")
    table.drag((200, 100), (206, 108), drop=False)
    table.page.context.route(operations, cut)
    table.page.mouse.up()
    table.drawn()
    table.press("Enter")
    expect(table.pane.get_by_role("alert").first).to_contain_text(table.text("plan.unsure"))
    table.page.reload()  # even then
    expect(table.pane.get_by_role("alert").first).to_contain_text(table.text("plan.unsure"))
    table.page.context.unroute(operations, cut)
    table.settled(1)
    assert len(set(lost)) == 1  # the same words with the same client id
    assert len(ask(table.desk.address, f"/api/v1/drafts/{table.number}/operations")["items"]) == 1
