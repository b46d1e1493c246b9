"""Import over HTTP as a job, on both databases: asked for, done once, its end and its reason visible, its files gone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import sqlalchemy as sa

from geo_service.api.jobs import STEPS
from geo_service.backlog import job as job_of
from geo_service.backlog.tables import job
from geo_service.jobs.importing import import_city
from tests import city
from tests.flows.conftest import Service
from tests.flows.test_planning_files import LAYERS, Sender, gcj02, planner, whole_city

__all__ = ["planner"]
ENGLISH = {"Accept-Language": "en"}


def ask(planner: Sender, content: bytes, *, query: str = "", **options: Any) -> dict[str, Any]:
    said = {"layers": LAYERS, **options}
    return planner.send(f"generations/import{query}", content, options=said, status=202, **{"Prefer": "", **ENGLISH})


def waiting_files(service: Service) -> list[Path]:
    home = service.wiring.settings.storage.data_dir / "uploads"
    return sorted(home.iterdir()) if home.is_dir() else []


def looked_at(planner: Sender, asked: dict[str, Any]) -> Any:
    return planner.service.client.get(asked["href"], headers={**planner.headers, **ENGLISH}).json()


def test_an_import_is_a_job_whose_result_can_be_published(service: Service, planner: Sender, tmp_path: Path) -> None:
    asked = ask(planner, whole_city(tmp_path))
    assert (asked["kind"], asked["state"], asked["progress"]) == ("import_city", "queued", 0.0)
    assert len(waiting_files(service)) == 1
    assert len(planner.get("generations").json()["items"]) == 1
    assert service.background()["jobs"] == 1
    done = looked_at(planner, asked)
    assert (done["state"], done["progress"], done["problem"]) == ("done", 1.0, None)
    result = done["result"]
    assert (result["generation"], result["publishable"], result["areas"], result["source"]) == (2, True, 15, "city.gpkg")
    assert result["counts"]["hole"] == 1
    assert [one["rule"] for one in result["defects"]].count("hole") == 1
    assert waiting_files(service) == []
    published = service.client.post("/api/v1/generations/2/publish", headers=planner.headers)
    assert published.status_code == 200, published.text
    assert service.client.get(asked["href"], headers=service.operator).status_code == 404


def test_it_tells_how_far_it_is(service: Service, planner: Sender, tmp_path: Path) -> None:
    asked, told = ask(planner, whole_city(tmp_path)), []
    wiring = service.wiring
    with service.database.reading() as connection:
        waiting = job_of(connection, asked["job_id"])
    import_city(wiring, waiting, lambda share, step: told.append((share, step)))
    assert [step for _, step in told] == ["reading", "comparing", "storing"]
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert {step for _, step in told} <= set(STEPS)  # each has its words


def test_an_import_that_is_refused_says_why_and_where(service: Service, planner: Sender, tmp_path: Path) -> None:
    asked = ask(planner, whole_city(tmp_path, gcj02))
    service.background()
    failed = looked_at(planner, asked)
    assert (failed["state"], failed["result"]) == ("failed", None)
    assert (failed["problem"]["status"], failed["problem"]["code"]) == (422, "datum_shift")
    assert failed["problem"]["place"]["type"] == "LineString"
    chinese = service.client.get(asked["href"], headers={**planner.headers, "Accept-Language": "zh-CN"}).json()
    assert chinese["problem"]["detail"] != failed["problem"]["detail"]
    assert waiting_files(service) == []
    assert len(planner.get("generations").json()["items"]) == 1


def test_rows_that_cannot_be_are_named_in_the_problem_of_the_job(service: Service, planner: Sender, tmp_path: Path) -> None:
    def twice(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        frame.loc[frame["code"] == city.B, "code"] = city.A
        frame.loc[frame["parent_code"] == city.B, "parent_code"] = city.A
        return frame

    waited = planner.send("generations/import", whole_city(tmp_path, twice), options={"layers": LAYERS}, status=422, **ENGLISH)
    asked = ask(planner, whole_city(tmp_path, twice))
    service.background()
    problem = looked_at(planner, asked)["problem"]
    assert (problem["code"], problem["detail"], problem["errors"]) == (waited["code"], waited["detail"], waited["errors"])
    assert problem["errors"]
    assert city.A in problem["detail"]
    assert "citygrid-" not in str(problem)
    assert "uploads" not in str(problem)


def test_an_import_whose_process_died_is_not_done_twice(service: Service, planner: Sender, tmp_path: Path) -> None:
    asked = ask(planner, whole_city(tmp_path))
    service.background()
    first = looked_at(planner, asked)["result"]
    with service.database.writing() as connection:  # as if it had died between the generation and the end of the job
        again = sa.update(job).where(job.c.job_id == asked["job_id"])
        connection.execute(again.values(state="queued", result=None, finished_at=None))
    assert service.background()["jobs"] == 1
    assert looked_at(planner, asked)["result"] == first
    assert len(planner.get("generations").json()["items"]) == 2


def test_files_that_are_gone_are_an_end_and_not_a_loop(service: Service, planner: Sender, tmp_path: Path) -> None:
    asked = ask(planner, whole_city(tmp_path))
    (folder,) = waiting_files(service)
    folder.rename(tmp_path / "elsewhere")
    service.background()
    assert looked_at(planner, asked)["problem"]["code"] == "files_gone"


@pytest.mark.parametrize("how", [{"Prefer": "wait=60"}, {"Prefer": "respond-async"}])
def test_whoever_waits_is_answered_with_the_outcome(service: Service, planner: Sender, tmp_path: Path, how: dict[str, str]) -> None:
    status = 201 if "wait" in how["Prefer"] else 202
    told = planner.send("generations/import?dry_run=1", whole_city(tmp_path), options={"layers": LAYERS}, status=status, **how)
    if status == 202:
        service.background()
        told = looked_at(planner, told)["result"]
    assert (told["dry_run"], told["generation"], told["areas"]) == (True, None, 15)
    assert len(planner.get("generations").json()["items"]) == 1


def test_what_can_be_refused_at_once_waits_for_nothing(service: Service, planner: Sender, tmp_path: Path) -> None:
    options = {"layers": [{**LAYERS[0], "file": 3}]}
    refused = planner.send("generations/import", whole_city(tmp_path), options=options, status=422, Prefer="")
    assert refused["code"] == "no_such_file"
    assert planner.send("generations/import?wait=999", whole_city(tmp_path), options={"layers": LAYERS}, status=422)["code"] == "malformed"
    assert waiting_files(service) == []


def test_what_was_left_behind_is_swept_after_a_week(service: Service, planner: Sender, tmp_path: Path) -> None:
    ask(planner, whole_city(tmp_path))
    (old,) = waiting_files(service)
    eight_days = old.stat().st_mtime - 8 * 86400
    os.utime(old, (eight_days, eight_days))
    ask(planner, whole_city(tmp_path))
    assert old not in waiting_files(service)
    assert len(waiting_files(service)) == 1
