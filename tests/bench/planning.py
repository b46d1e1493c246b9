"""Editing a whole city on SQLite: what planners wait for. Exit 1 when a bar of the project is missed.

python tests/bench/planning.py [--scale 1.0]
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from boundaries.editing import prove_state
from boundaries.errors import EditError
from boundaries.geometry import to_lonlat
from boundaries.store.differences import changed_states
from geo_service.accounts import Actor
from geo_service.api.wiring import Wiring
from geo_service.clock import SystemClock
from geo_service.db import Database
from geo_service.demo.build import build
from geo_service.flows.planning import impact as concerned
from geo_service.flows.planning import publishing, service
from geo_service.settings import Settings, StorageSettings
from tests.services.serving import Process

ACTOR = Actor("planner", "planner")
EDITS = 60


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", type=float, default=1.0)
    scale = options.parse_args().scale
    print(f"{platform.node()}: {platform.processor() or platform.machine()}, Python {platform.python_version()}, scale {scale}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'city.db'}"
        build(url, folder / "var", seed=1, scale=scale, as_of=dt.date(2026, 11, 23))
        wiring = Wiring(Settings(storage=StorageSettings(database_url=url, data_dir=folder / "var")), Database(url), SystemClock())
        missed = [line for line in measure(wiring, url, folder) if not line]
        wiring.database.close()
    return 1 if missed else 0


def bar(name: str, value: float, limit: float, unit: str) -> bool:
    good = value <= limit
    print(f"{'ok    ' if good else 'MISSED'} {name:60s} {value:10.2f} {unit} (bar {limit:g})")
    return good


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    done = action()
    return time.perf_counter() - started, done


def measure(wiring: Wiring, url: str, folder: Path) -> list[bool]:
    with wiring.database.writing() as connection:
        draft = service.create(connection, title="bench", open_cases="keep", actor=ACTOR, now=wiring.clock.now())
    published = wiring.published.current()
    chance = np.random.default_rng(3)
    leaves = [leaf for leaf in published.leaves if leaf.level == "micro_grid"]
    with wiring.database.reading() as connection:
        base = wiring.drafts.base(connection, published.number)
    results, spent, head = [], [], 0
    for leaf in chance.permutation(np.array(leaves, dtype=object))[: EDITS * 2]:
        box = leaf.geometry.bounds
        line = shapely.LineString([((box[0] + box[2]) / 2, box[1] - 5), ((box[0] + box[2]) / 2 + 3, box[3] + 5)])
        positions = [list(c) for c in to_lonlat(line, base.metric_crs).coords]
        try:
            seconds, head = timed(lambda leaf=leaf, positions=positions, head=head: edit(wiring, draft.draft_id, leaf, positions, head))
        except EditError:
            continue
        spent.append(seconds * 1e3)
        if len(spent) == EDITS:
            break
    results.append(bar("split with persistence, median of 60", float(np.median(spent)), 20, "ms"))
    results.append(bar("split with persistence, p95", float(np.percentile(spent, 95)), 60, "ms"))
    with wiring.database.reading() as connection:
        record = service.draft_record(connection, draft.draft_id)
        mine = wiring.drafts.draft(connection, record)
    results += dragging(wiring, draft.draft_id, leaves)
    results.append(bar("full validation, both proofs", timed(lambda: prove_state(mine.workspace))[0], 2, "s"))
    results.append(
        bar("preparing a draft", timed(lambda: publishing.prepare(wiring, draft.draft_id, actor=ACTOR, now=wiring.clock.now()))[0], 15, "s")
    )
    results += swapped(wiring, url, folder, draft.draft_id)
    with wiring.database.reading() as connection:
        results.append(bar("diff of two generations", timed(lambda: changed_states(connection, 1, 2))[0] * 1e3, 50, "ms"))
    fresh = Wiring(wiring.settings, Database(url), SystemClock())
    with fresh.database.reading() as connection:
        results.append(bar("first lookup in an unloaded past generation", timed(lambda: fresh.published.of(connection, 2))[0], 5, "s"))
    fresh.database.close()
    return results


def dragging(wiring: Wiring, draft_id: int, leaves: list[Any]) -> list[bool]:
    """The impact of a border that is being dragged, again and again, as a planner's mouse moves."""
    pictures, spent = concerned.Pictures(), []
    now = wiring.clock.now()
    with wiring.database.reading() as connection:
        base = wiring.drafts.base(connection, 1)
        concerned.of_draft(connection, wiring, draft_id, actor=ACTOR, now=now)
        for step, leaf in enumerate(leaves[500:600]):
            box = leaf.geometry.bounds
            x = box[0] + (0.4 + 0.002 * step) * (box[2] - box[0])
            line = [list(c) for c in to_lonlat(shapely.LineString([(x, box[1] - 5), (x, box[3] + 5)]), base.metric_crs).coords]
            document = {"kind": "split", "area": leaf.area_id, "line": line}
            try:
                seconds, _ = timed(
                    lambda document=document: concerned.of_operation(connection, wiring, pictures, draft_id, document, actor=ACTOR, now=now)
                )
            except EditError:
                continue
            spent.append(seconds * 1e3)
    return [bar(f"impact while drawing, median of {len(spent)}", float(np.median(spent[1:])), 10, "ms")]


def edit(wiring: Wiring, draft_id: int, leaf: Any, positions: list[list[float]], head: int) -> int:
    document = {"kind": "split", "area": leaf.area_id, "line": positions}
    with wiring.database.writing() as connection:
        done = service.perform(
            connection, wiring, draft_id, document, expected_head=head, client_id=None, actor=ACTOR, now=wiring.clock.now()
        )
    return done.record.head


def swapped(wiring: Wiring, url: str, folder: Path, draft_id: int) -> list[bool]:
    """Publishing and rolling back, until the last of two serving processes answers from the new generation."""
    import json
    import urllib.request

    processes = [Process(url, folder), Process(url, folder)]

    def all_answer(number: int) -> None:
        for process in processes:
            while True:
                with urllib.request.urlopen(f"{process.address}/health/ready", timeout=20) as answer:
                    if json.load(answer)["generation"] == number:
                        break
                time.sleep(0.01)

    def publish() -> None:
        with wiring.database.writing() as connection:
            publishing.publish(connection, wiring, draft_id, at=None, actor=ACTOR, now=wiring.clock.now())
        all_answer(2)

    def restore() -> None:
        with wiring.database.writing() as connection:
            publishing.restore(connection, wiring, 1, policy="keep", actor=ACTOR, now=wiring.clock.now())

    try:
        for process in processes:
            process.start()
        return [
            bar("publishing a prepared draft, to the last process swapped", timed(publish)[0], 3, "s"),
            bar("rollback to a recent generation", timed(restore)[0], 1, "s"),
        ]
    finally:
        for process in processes:
            process.kill()


if __name__ == "__main__":
    sys.exit(main())
