"""The model city's posts and the people who hold them: every grid has a worker, every micro-grid a leader's post."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from geo_service.demo.agencies import agency_rows
from geo_service.demo.bulk import insert_rows
from geo_service.demo.chance import generator
from geo_service.demo.frames import CityFrames, read_data
from geo_service.demo.naming import phone
from geo_service.demo.roster import Roster
from geo_service.workers.tables import agency

WORKERS_AWAY, LEADERS_AWAY = 0.02, 0.01
SECOND_GRID = 0.06
"""Share of grids whose worker also has the grid before."""
PREDECESSORS = 0.03
PART_TIME, UNLINKED, LEADERLESS = 0.02, 0.012, 0.004
"""Shares of grids whose worker is not full-time, of grids whose leader left, of micro-grids whose leader left: nobody came after them."""
MEMBERS = (0.36, 0.66, 1.0)
"""Cumulative shares of micro-grids with one, two and three members: on average 1.98."""
GRIDS_A_LEADER = 3

OFFICES = {"city": "city_centre", "district": "district_centre", "street": "street_office"}
COMMITTEES = {"community": "community_secretary", "village": "village_committee"}


def fill_people(connection: Connection, city: CityFrames, *, seed: int, as_of: datetime) -> None:
    """Stores agencies, posts, persons and who holds what. These tables must be empty.

    Holders have been there since before the last hundred days, but for a few leaders who took over later. Whoever is away as of
    `as_of` has a stand-in; one micro-grid has a post that nobody ever held, so its reports climb the ladder.
    """
    agencies = agency_rows(city)
    insert_rows(connection, agency, agencies, key="agency_id")
    roster = Roster(generator(seed, "people"), as_of)
    by_code = {row["code"]: row["agency_id"] for row in agencies}
    areas = city.areas
    rows = sorted(zip(areas["level"], areas["code"], areas["kind"], areas["parent_code"], strict=True))
    _offices(roster, [row[:3] for row in rows], by_code)
    grids: dict[str, list[str]] = defaultdict(list)
    for level, code, _, parent in rows:
        if level == "grid":
            grids[parent].append(code)
    for community, codes in grids.items():
        _grid_posts(roster, codes, by_code.get(community))
    communities = {code: community for community, codes in grids.items() for code in codes}
    micro_grids = [(code, by_code.get(communities.get(parent, ""))) for level, code, _, parent in rows if level == "micro_grid"]
    for number, (code, agency_id) in enumerate(micro_grids, start=1):
        _micro_grid_posts(roster, code, agency_id, number, vacant=number == (len(micro_grids) + 1) // 2)
    roster.store(connection)


def _offices(roster: Roster, rows: list[tuple[str, str, str]], agencies: Mapping[str, int]) -> None:
    """A duty post for the city, each district, street, community and village."""
    data = read_data("agencies.json")
    centres = {"city": data["city_centre"], "district": data["district_centre"]}
    number = 0
    for level, code, kind in rows:
        role = OFFICES.get(level) or (COMMITTEES.get(kind) if level == "community" else None)
        if role is None:
            continue
        number += 1
        office = f"{code}-{centres[level]}" if level in centres else code
        held = roster.post(role, level, code, agency_id=agencies.get(office), phone=phone("office", number))
        roster.hold(held, roster.person(party=0.95))


def _grid_posts(roster: Roster, codes: list[str], agency_id: int | None) -> None:
    """The grid workers and linked leaders of one community's grids; a worker may have two grids, a leader several."""
    posts: list[int] = []
    workers: list[int] = []
    for i, code in enumerate(codes):
        posts.append(roster.post("grid_worker", "grid", code, agency_id=agency_id, phone=phone("worker", len(roster.posts) + 1)))
        shared = i > 0 and roster.chance(SECOND_GRID)
        workers.append(workers[-1] if shared else roster.person(party=0.5))
    for i, (held, worker) in enumerate(zip(posts, workers, strict=True)):
        roster.hold(held, worker, full_time=not roster.chance(PART_TIME))
        if roster.chance(WORKERS_AWAY):
            others = [other for other in workers[i + 1 :] + workers[:i] if other != worker]
            roster.send_away(worker, stand_in=others[0] if others else roster.person(party=0.5))
        elif roster.chance(0.08):
            roster.hold(held, roster.person(party=0.5))
    leader = 0
    for i, code in enumerate(codes):
        if i % GRIDS_A_LEADER == 0:
            leader = roster.person(party=1.0)
        linked = roster.post("linked_leader", "grid", code, agency_id=agency_id)
        if roster.chance(UNLINKED):
            roster.hold(linked, leader, until_at=roster.days_ago(3, 60))
        else:
            roster.hold(linked, leader)


def _micro_grid_posts(roster: Roster, code: str, agency_id: int | None, number: int, *, vacant: bool) -> None:
    """The leader's post with its number of the dedicated range, and the post of the members, one to three of them."""
    leads = roster.post("micro_grid_leader", "micro_grid", code, agency_id=agency_id, phone=phone("leader", number))
    helps = roster.post("micro_grid_member", "micro_grid", code, agency_id=agency_id)
    draw = roster.rng.random()
    members = [roster.person(party=0.55) for _ in range(1 + sum(draw >= share for share in MEMBERS[:-1]))]
    for member in members:
        roster.hold(helps, member)
    if vacant:
        return
    leader = roster.person(party=0.6)
    if roster.chance(PREDECESSORS):
        handed_over = roster.days_ago(5, 300)
        roster.hold(leads, roster.person(party=0.6), from_at=roster.days_ago(400, 1460), until_at=handed_over)
        roster.hold(leads, leader, from_at=handed_over)
    elif roster.chance(LEADERLESS):
        roster.hold(leads, leader, until_at=roster.days_ago(3, 60))
    else:
        roster.hold(leads, leader)
        if roster.chance(LEADERS_AWAY):
            roster.send_away(leader, stand_in=members[0])
