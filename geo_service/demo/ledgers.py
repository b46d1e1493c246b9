"""What the model city's people wrote down: visits, patrols, the bodies of compounds, the dedicated numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.tables import case_record
from geo_service.demo.addresses import positions
from geo_service.demo.bulk import insert_rows
from geo_service.demo.chance import generator
from geo_service.demo.frames import CityFrames, read_data, text_or_none
from geo_service.demo.naming import phone
from geo_service.published import Published
from geo_service.workers.model import PATROLLING
from geo_service.workers.tables import compound_body, holding, patrol, phone_range, post, visit, visit_quota

DAYS = 60
PARTY_SHARE, COMMITTEE_SHARE = 0.92, 0.6
VISIT_SHARE = 0.85
"""Of the visits a linked leader owes, how many are made; one a month and grid is owed."""
FOLLOW_UP, CORRECTED = 0.3, 0.01
PATROLS = 1_500
"""Entries of the patrol log of the whole city that became no case."""


def fill_ledgers(connection: Connection, city: CityFrames, published: Published, *, seed: int, as_of: datetime) -> None:
    """Stores ranges of numbers, bodies of compounds, visits and patrols of the days before `as_of`; people and cases must be there."""
    insert_rows(
        connection,
        phone_range,
        [{"range_id": 1, "role": "micro_grid_leader", "first": phone("leader", 0), "last": phone("leader", 99_999)}],
        key="range_id",
    )
    connection.execute(sa.insert(visit_quota).values(from_on=(as_of - timedelta(days=365)).date(), per_month=1.0))
    _bodies(connection, city, generator(seed, "bodies"), as_of)
    _visits(connection, city, generator(seed, "visits"), as_of)
    _patrols(connection, city, published, generator(seed, "patrols"), as_of)


def _bodies(connection: Connection, city: CityFrames, rng: np.random.Generator, as_of: datetime) -> None:
    """Firms and committees as the compounds' frame has them; most compounds have a party organisation."""
    frame, rows = city.compounds, list[dict[str, Any]]()
    count = len(frame)
    party = rng.random(count) < PARTY_SHARE
    drawn = rng.random(count) < COMMITTEE_SHARE
    committees = frame["owners_committee"].to_numpy(dtype=bool) if "owners_committee" in frame else drawn
    ages = rng.integers(200, 2_000, size=(3, count))
    for i, (code, name, firm) in enumerate(zip(frame["code"], frame["name"], map(text_or_none, frame["property_firm"]), strict=True)):
        held = (
            ("owners_committee", f"{name}业主委员会" if committees[i] else None),
            ("party_organisation", f"{name}党支部" if party[i] else None),
            ("property_firm", firm),
        )
        for k, (kind, said) in enumerate(held):
            if said is not None:
                from_at = as_of - timedelta(days=int(ages[k, i]))
                rows.append({"compound_code": code, "kind": kind, "name": said, "from_at": from_at, "until_at": None})
    insert_rows(connection, compound_body, [{"body_id": i, **row} for i, row in enumerate(rows, start=1)], key="body_id")


def _visits(connection: Connection, city: CityFrames, rng: np.random.Generator, as_of: datetime) -> None:
    words, areas = read_data("ledgers.json"), city.areas
    inside: dict[str, list[str]] = {}
    for code, parent, level in zip(areas["code"], areas["parent_code"], areas["level"], strict=True):
        if level == "micro_grid":
            inside.setdefault(parent, []).append(code)
    linked = sa.select(post.c.post_id, post.c.area_code, holding.c.person_id, holding.c.until_at)
    linked = linked.join(holding, holding.c.post_id == post.c.post_id).where(post.c.role == "linked_leader")
    rows: list[dict[str, Any]] = []
    for one in connection.execute(linked.order_by(post.c.post_id, holding.c.holding_id)):
        for month in range(DAYS // 30):
            made, day, minute, k, finds, follows = rng.random(6).tolist()
            at = as_of - timedelta(days=30 * month + 1 + int(day * 28), minutes=int(minute * 480))
            codes = inside.get(one.area_code)
            if made >= VISIT_SHARE or not codes or (one.until_at is not None and at >= one.until_at):
                continue
            follow_up = _one(words["follow_up"], follows / FOLLOW_UP) if follows < FOLLOW_UP else None
            seen = {"post_id": one.post_id, "person_id": one.person_id, "area_code": sorted(codes)[int(k * len(codes))]}
            rows.append({**seen, "visited_at": at, "found": _one(words["found"], finds), "follow_up": follow_up, "corrects": None})
    rows.sort(key=lambda row: (row["visited_at"], row["post_id"]))
    wrong = [i for i in range(len(rows)) if rng.random() < CORRECTED]
    rows += [{**rows[i], "found": rows[i]["found"] + "（更正：补记）", "corrects": i + 1} for i in wrong]
    done = [
        {"visit_id": i, **row, "recorded_at": row["visited_at"] + timedelta(hours=1 + 23 * (row["corrects"] is not None)), "actor": "demo"}
        for i, row in enumerate(rows, start=1)
    ]
    insert_rows(connection, visit, done, key="visit_id")


def _one(texts: Sequence[str], share: float) -> str:
    return texts[min(int(share * len(texts)), len(texts) - 1)]


def _patrols(connection: Connection, city: CityFrames, published: Published, rng: np.random.Generator, as_of: datetime) -> None:
    """The observation behind every case of channel patrol, and rounds of micro-grid leaders on which nothing was the matter."""
    c = case_record.c
    columns = (c.case_id, c.description, c.raw_lon, c.raw_lat, c.datum, c.accuracy_m, c.lon, c.lat)
    asked = sa.select(*columns, c.area_code, c.post_id, c.person_id, c.received_at, c.generation)
    asked = asked.join(post, post.c.post_id == c.post_id).where(c.channel == "patrol", c.lon.is_not(None), post.c.role.in_(PATROLLING))
    rows: list[dict[str, Any]] = []
    for one in connection.execute(asked.order_by(c.case_id)):
        values = {name: value for name, value in one._mapping.items() if name not in ("description", "received_at")}
        times = {"observed_at": one.received_at - timedelta(minutes=int(rng.integers(1, 20))), "recorded_at": one.received_at}
        rows.append({**values, **times, "step": "record", "text": one.description, "actor": "demo"})
    rows += _rounds(connection, city, published, rng, as_of)
    rows.sort(key=lambda row: (row["recorded_at"], row["post_id"], row["case_id"] or 0))
    insert_rows(connection, patrol, [{"patrol_id": i, **row} for i, row in enumerate(rows, start=1)], key="patrol_id")


def _rounds(
    connection: Connection, city: CityFrames, published: Published, rng: np.random.Generator, as_of: datetime
) -> list[dict[str, Any]]:
    held = sa.select(post.c.area_code, post.c.post_id, sa.func.min(holding.c.person_id).label("person_id"))
    held = held.join(holding, holding.c.post_id == post.c.post_id).where(post.c.role == "micro_grid_leader", holding.c.until_at.is_(None))
    leaders = {row.area_code: (row.post_id, row.person_id) for row in connection.execute(held.group_by(post.c.area_code, post.c.post_id))}
    lons, lats = positions(city.addresses)
    codes = [text_or_none(code) or "" for code in city.addresses["micro_grid_code"]]
    usable = [i for i, code in enumerate(codes) if code in leaders]
    count = min(len(usable), round(PATROLS * city.scale))
    chosen = np.sort(rng.choice(usable, size=count, replace=False)) if count else np.zeros(0, dtype=np.int64)
    found = published.index.locate_many(lons=lons[chosen], lats=lats[chosen]).tolist()
    words, rows = read_data("ledgers.json")["patrol"], list[dict[str, Any]]()
    for i, leaf in zip(chosen.tolist(), found, strict=True):
        day, minute, which, said = rng.random(4).tolist()
        at = as_of - timedelta(days=1 + int(day * (DAYS - 1)), minutes=int(minute * 600))
        step = _one(tuple(words), which)
        lon, lat = round(float(lons[i]), 9), round(float(lats[i]), 9)
        post_id, person_id = leaders[codes[i]]
        rows.append(
            {
                "post_id": post_id,
                "person_id": person_id,
                "step": step,
                "text": _one(words[step], said),
                "raw_lon": lon,
                "raw_lat": lat,
                "datum": "wgs84",
                "accuracy_m": 8.0,
                "lon": lon,
                "lat": lat,
                "generation": published.number,
                "area_code": published.index.codes[leaf] if leaf >= 0 else None,
                "observed_at": at,
                "recorded_at": at + timedelta(minutes=5),
                "actor": "demo",
                "case_id": None,
            }
        )
    return rows
