"""Writing drawn cases: their rows, the areas they count for, their reporters apart, the day counters, and the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from geo_service.cases.model import CHANNELS, OPEN_STATES, REPEAT_WITHIN
from geo_service.cases.progress import row_values
from geo_service.cases.repository import area_rows
from geo_service.cases.tables import case_area, case_record, reporter, tracking_day
from geo_service.cases.workflow import CaseState, Recorded, apply, opened
from geo_service.demo.bulk import insert_rows
from geo_service.demo.chance import generator
from geo_service.demo.dispatching import Clocks, Kind
from geo_service.demo.drawing import Drawn
from geo_service.demo.frames import CityFrames
from geo_service.demo.histories import Told, events, instant
from geo_service.demo.leads import Leads
from geo_service.demo.naming import person_names, phone
from geo_service.demo.playing import Plays
from geo_service.demo.plots import PLOTS
from geo_service.demo.routing import Routed
from geo_service.demo.stages import DISPATCHED, Courses
from geo_service.demo.staging import tell
from geo_service.demo.topics import URGENCIES, topics
from geo_service.event_log import NewEvent
from geo_service.published import Published
from geo_service.workers.repository import whole_roll

NAMED_SHARE = 0.92
"""Share of residents who leave name and phone."""


@dataclass(frozen=True, slots=True)
class Records:
    """What the rows of the cases are made of, one entry a case in the order of receipt."""

    connection: Connection
    city: CityFrames
    published: Published
    drawn: Drawn
    routed: Sequence[Routed]
    kinds: Sequence[Kind]
    clocks: Clocks
    zone: ZoneInfo


def store_cases(records: Records, courses: Courses, repeats: NDArray[np.int64], *, seed: int, as_of: datetime) -> None:
    """Stores everything about the cases; case_id counts from 1 in the order of receipt. The log is appended to last, and with it goes on
    what happens in consultation and at whistles until `as_of`."""
    connection, drawn = records.connection, records.drawn
    numbers, days = tracking_numbers(drawn.arrivals.at_s.tolist(), records.zone)
    rows = list(_rows(records.published, drawn, records.routed, numbers))
    told = _told(records, courses, repeats, rows)
    history = list(events(courses, told, records.clocks, whole_roll(connection)))
    for row, state in zip(rows, folded(history, len(rows)), strict=True):
        row |= row_values(state)
        row["queue"] = "unassigned" if row["area_code"] is None and state.state in OPEN_STATES else None
    insert_rows(connection, case_record, rows, key="case_id")
    placed = [row for i, one in enumerate(records.routed, 1) for row in area_rows(i, one.areas, None, None)]
    insert_rows(connection, case_area, placed)
    insert_rows(connection, reporter, _reporters(drawn, seed))
    insert_rows(connection, tracking_day, [{"day": day, "last": last} for day, last in sorted(days.items())])
    plays = Plays(connection, records.published, records.clocks)
    scenes = [
        PLOTS[plot](plays.on(told[row], records.routed[row].areas, number), rows[row]["updated_at"])
        for plot, chosen in courses.plots.items()
        for number, row in enumerate(chosen)
    ]
    tell(connection, history, scenes, until=as_of)


def folded(history: Sequence[NewEvent], count: int) -> list[CaseState]:
    """The state of each case (case_id from 1) after its events, which come in the order of the log."""
    states: dict[int, CaseState] = {}
    for new in history:
        case_id = new.case_id or 0
        recorded = Recorded(new.kind, new.at, new.actor, new.data)
        states[case_id] = apply(states[case_id], recorded) if case_id in states else opened(recorded, case_id=case_id)
    return [states[case_id] for case_id in range(1, count + 1)]


def tracking_numbers(at_s: Sequence[int], zone: ZoneInfo) -> tuple[list[str], Counter[str]]:
    """YYYYMMDD-NNNNNN for each (ascending) instant by its local day, and the last number of each day."""
    days: Counter[str] = Counter()
    numbers = []
    for at in at_s:
        day = datetime.fromtimestamp(at, zone).strftime("%Y%m%d")
        days[day] += 1
        numbers.append(f"{day}-{days[day]:06d}")
    return numbers, days


def _rows(published: Published, drawn: Drawn, routed: Sequence[Routed], numbers: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Rows of `case_record` as `open_new` makes them; what the events decide is filled in behind."""
    at_s = drawn.arrivals.at_s.tolist()
    for i, one in enumerate(routed):
        received_at = instant(at_s[i])
        yield {
            "case_id": i + 1,
            "tracking_number": numbers[i],
            "channel": CHANNELS[drawn.channels[i]],
            "category": topics()[drawn.topics[i]].category,
            "urgency": URGENCIES[drawn.urgencies[i]],
            "description": drawn.said.descriptions[i],
            "address": drawn.said.addresses[i],
            "generation": published.number,
            "verdict": one.verdict,
            "rule": one.rule,
            "area_code": one.area.code if one.area else None,
            "area_level": one.area.level if one.area else None,
            "areas": one.areas,
            "candidates": one.candidates,
            "on_border": False,
            **_point(drawn, i),
            "address_level": one.address_level,
            "post_id": one.post_id,
            "person_id": one.person_id,
            "agency": one.agency,
            "received_at": received_at,
            "repeat_until_at": received_at + REPEAT_WITHIN,
        }


def _point(drawn: Drawn, i: int) -> dict[str, Any]:
    if not drawn.said.has_point[i]:
        return dict.fromkeys(("raw_lon", "raw_lat", "datum", "accuracy_m", "lon", "lat"))
    fixes = drawn.fixes
    return {
        "raw_lon": float(fixes.raw_lons[i]),
        "raw_lat": float(fixes.raw_lats[i]),
        "datum": fixes.datums[i],
        "accuracy_m": float(fixes.accuracy_m[i]),
        "lon": drawn.found[i].lon,
        "lat": drawn.found[i].lat,
    }


def _reporters(drawn: Drawn, seed: int) -> list[dict[str, Any]]:
    rng = generator(seed, "reporters")
    cases = np.flatnonzero(drawn.residents() & (rng.random(len(drawn.topics)) < NAMED_SHARE))
    names = person_names(rng, len(cases))
    numbers = rng.integers(0, 100_000_000, len(cases)).tolist()
    return [
        {"case_id": case + 1, "name": name, "phone": phone("reporter", number)}
        for case, name, number in zip(cases.tolist(), names, numbers, strict=True)
    ]


def _told(records: Records, courses: Courses, repeats: NDArray[np.int64], rows: Sequence[dict[str, Any]]) -> list[Told]:
    """What the events of each case may say."""
    said = ("tracking_number", "channel", "category", "generation", "area_code", "areas", "verdict", "rule", "post_id")
    areas_of = records.city.areas
    whole = str(areas_of.loc[areas_of["level"] == "city", "code"].iloc[0])
    leads, sent_s = Leads(records.connection, city=whole), courses.times[:, DISPATCHED]
    told = []
    for i, (one, row) in enumerate(zip(records.routed, rows, strict=True)):
        on = datetime.fromtimestamp(max(int(sent_s[i]), int(records.drawn.arrivals.at_s[i])), records.zone).date()
        areas = one.areas or {"city": whole}
        lead = leads.lead(row["category"], list(one.areas.items()), on, answers=one.post_id)
        told.append(
            Told(
                case_id=row["case_id"],
                received={name: row[name] for name in said},
                district=areas.get("district", whole),
                post_id=one.post_id,
                lead=lead,
                instead=leads.instead(lead.owner, areas),
                kind=records.kinds[i],
                into=int(repeats[i]) + 1 if repeats[i] >= 0 else None,
            )
        )
    return told
