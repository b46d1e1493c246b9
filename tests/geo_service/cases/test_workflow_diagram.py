"""ARCHITECTURE.md shows the workflow as the table has it."""

from pathlib import Path

from geo_service.cases.workflow import TABLE, diagram
from geo_service.cases.workflow.diagram import BEGIN, END


def test_the_drawing_names_every_event_and_every_change_of_state() -> None:
    drawn = diagram()
    for row in TABLE:
        assert f"`{row.event}`" in drawn
        if row.to != "=":
            assert f"{row.state} --> {row.to}: " in drawn


def test_the_page_shows_the_workflow_as_it_is(repo_root: Path) -> None:
    page = (repo_root / "ARCHITECTURE.md").read_text()
    assert BEGIN in page, "paste what geo_service.cases.workflow.diagram() returns into ARCHITECTURE.md"
    shown = page[page.index(BEGIN) : page.index(END) + len(END)]
    assert shown == diagram().rstrip("\n"), "the workflow changed: paste diagram() again"
