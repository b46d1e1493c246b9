"""A Hypothesis state machine over the running service: a few cases, everybody at work on them. Also run by `make soak`, longer."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from geo_service import event_log
from geo_service.cases.progress import fold_case, from_json
from geo_service.cases.repository import case as case_of
from geo_service.cases.workflow import GUARDS, OPEN, PAYLOADS, CaseState, Recorded
from tests import city
from tests.flows.conftest import NOW
from tests.flows.desk import Answer, Desk, Person
from tests.geo_service.cases.invariants import assert_follows, assert_only_one_owner_at_a_time, assert_sound, assert_verified_by_others
from tests.geo_service.cases.moves import FORWARD, payload

OWNERS = ("agency:S1", "post:4", "post:2", "post:6")
CATEGORIES = ("gb47678:matter:06010", "gb47678:matter:06011", "social:matter:80001")
AREAS = (city.A1, city.V, f"{city.A2}01", city.STREET)
PLACES = ((50, 50), (150, 150), (400, 100), (150, 225), (5000, 5000))
USUAL = {
    "received": "file",
    "filed": "dispatch",
    "dispatched": "sign",
    "handling": "feed_back",
    "checking": "check",
    "closed": "evaluate",
    "suspended": "resume",
}
lonlat = cache(city.lonlat)
ABOUT_WHAT_CAME_ALONG = {name for name, guard in GUARDS.items() if guard.needs == "payload"} | {
    "malformed",
    "unknown_case",
    "merged_into_ended",
    "no_lead",
    "nobody_to_lead",
    "consultation_running",
}
"""Why something may be refused although it was shown: what was said with it cannot be."""
EVENTS = sorted(PAYLOADS)
MOST_OPEN = 4
SEEDS = st.integers(0, 2**32)
COUNTED = ("light", "owner", "channel", "category", "affair", "queue")


class ServiceMachine(RuleBasedStateMachine):
    """A run: its cases as they were last seen, and whose move is expected. `desk` and `seen` are set by `run`."""

    desk: Desk
    seen: Counter[str]
    runs = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).runs += 1
        self.tag = f"run {self.runs}."
        self.known: dict[int, CaseState] = {}
        self.expected: dict[int, int] = {}
        self.clock = self.desk.service.clock
        self.clock.at = NOW
        self.sent = 0

    # the ways in which things go on

    @initialize(seed=SEEDS)
    def a_case_has_come_some_way(self, seed: int) -> None:
        chance = Random(seed)
        case_id = self.report(chance, CATEGORIES[0])
        operator, supervisor = self.desk.centre[0], self.desk.centre[2]
        done = {"result": "cleared"}
        way: list[tuple[Person, str, dict[str, Any]]] = [
            (operator, "file", {}),
            (operator, "dispatch", {"owner": chance.choice(OWNERS)} if chance.random() < 0.5 else {}),
            (operator, "sign", {}),
            (operator, "feed_back", done),
            (supervisor, "check", {"passed": True}),
            (supervisor, "close", {}),
        ]
        for person, event, said in way[: chance.randint(0, len(way))]:
            if event == "feed_back":
                for part in self.known[case_id].cohandlers:
                    self.act(operator, case_id, "complete_part", {"result": "done", "part": part})
            assert self.act(person, case_id, event, said).status == 200

    @precondition(lambda self: sum(case.state in OPEN for case in self.known.values()) < MOST_OPEN)
    @rule(seed=SEEDS)
    def somebody_reports(self, seed: int) -> None:
        self.report(Random(seed), None)

    @rule(seed=SEEDS)
    def somebody_leads_on(self, seed: int) -> None:
        self.somebody_acts(Random(seed), lambda shown: [event for event in shown if event in FORWARD])

    @rule(seed=SEEDS)
    def the_centre_takes_the_usual_next_step(self, seed: int) -> None:
        chance = Random(seed)
        case_id = self.drawn_case(chance)
        event = USUAL.get(self.known[case_id].state)
        if event is not None:
            event = "close" if event == "check" and self.known[case_id].checked_by else event
            person = self.desk.centre[2 if event in ("check", "close") else 0]
            self.act(person, case_id, event, self.said(event, case_id, chance), shown=self.desk.shown(person, case_id))

    @rule(seed=SEEDS)
    def somebody_does_what_is_shown(self, seed: int) -> None:
        chance = Random(seed)
        seldom = ("note", "supervise") if chance.random() < 0.8 else ()
        self.somebody_acts(chance, lambda shown: [event for event in shown if event not in seldom])

    @rule(seed=SEEDS)
    def somebody_tries_anything(self, seed: int) -> None:
        self.somebody_acts(Random(seed), lambda _: EVENTS)

    @rule(seed=SEEDS)
    def something_goes_wrong(self, seed: int) -> None:
        chance = Random(seed)
        chance.choice((self.something_is_sent_twice, self.somebody_looked_at_another_version, self.the_clock_is_set_back))(chance)

    def something_is_sent_twice(self, chance: Random) -> None:
        person, case_id = chance.choice(self.desk.centre), self.drawn_case(chance)
        shown = self.desk.shown(person, case_id)
        event = chance.choice([event for event in shown if event != "note"] or shown)
        said, version = self.said(event, case_id, chance), self.known[case_id].version
        self.sent += 1
        key = f"{self.tag} {self.sent}"
        first = self.act(person, case_id, event, said, key=key)
        again = self.desk.act(person, case_id, event, said, version=version, key=key)
        assert (again, again.body if again.replayed else None) == (first, first.body if first.status == 200 else None)
        other = self.desk.act(person, case_id, event, {**said, "surprise": 1}, version=version, key=key)
        assert other.status == 422 if first.status == 200 else other.status in (409, 422)
        assert (other.code == "key_reused") == (first.status == 200)

    def somebody_looked_at_another_version(self, chance: Random) -> None:
        person, case_id = chance.choice(self.desk.people), self.drawn_case(chance)
        event, version = chance.choice(EVENTS), self.known[case_id].version + chance.choice((-1, 1, 100))
        answer = self.desk.act(person, case_id, event, self.said(event, case_id, chance), version=version)
        assert (answer.status, answer.code) == (412, "case_moved_on")

    def the_clock_is_set_back(self, chance: Random) -> None:
        now = self.clock.at
        person, case_id = chance.choice(self.desk.people), self.drawn_case(chance)
        event = chance.choice([*self.desk.shown(person, case_id), "note"])
        said, last = self.said(event, case_id, chance), self.known[case_id].updated_at
        self.clock.at = last - timedelta(seconds=chance.choice((3, 3600, 86_400 * 400)))
        answer = self.desk.act(person, case_id, event, said, version=self.known[case_id].version)
        self.clock.at = now
        assert (answer.status, answer.code) == (409, "clock_set_back")

    # how they do it

    def report(self, chance: Random, category: str | None) -> int:
        x, y = PLACES[0] if category else chance.choice(PLACES)
        lon, lat = lonlat(x, y)
        said: dict[str, Any] = {"lon": lon, "lat": lat, "datum": "wgs84", "description": f"{self.tag} 垃圾"}
        category = category or chance.choice((*CATEGORIES, None))
        said |= {"category": category} if category else {}
        self.sent += 1
        headers = {"Idempotency-Key": f"{self.tag} {self.sent}"}
        first, again = (self.desk.service.client.post("/api/v1/reports", json=said, headers=headers) for _ in range(2))
        assert first.status_code == again.status_code == 201, first.text
        assert first.json() == again.json()
        case_id = int(first.json()["case_id"])
        self.known[case_id] = self.desk.state(case_id)
        self.expected[case_id] = 1
        return case_id

    def drawn_case(self, chance: Random) -> int:
        """Mostly one of those that are open."""
        still_open = sorted(case_id for case_id, case in self.known.items() if case.state in OPEN)
        return chance.choice(still_open if still_open and chance.random() < 0.8 else sorted(self.known))

    def somebody_acts(self, chance: Random, choose: Callable[[list[str]], list[str]]) -> None:
        """Nothing that is not shown happens; what is shown and refused is refused for what came along with it."""
        self.clock.at += timedelta(minutes=chance.randint(0, 3000))
        for person in chance.sample(self.desk.people, len(self.desk.people)):
            case_id = self.drawn_case(chance)
            shown = self.desk.shown(person, case_id)
            events = choose(shown)
            if events:
                event = chance.choice(events)
                self.act(person, case_id, event, self.said(event, case_id, chance), shown=shown)
                return

    def act(
        self,
        person: Person,
        case_id: int,
        event: str,
        said: dict[str, Any],
        *,
        shown: list[str] | None = None,
        key: str | None = None,
    ) -> Answer:
        before = self.known[case_id]
        answer = self.desk.act(person, case_id, event, said, version=before.version, key=key)
        told = f"{event} by {person.name} on a case that is {before.state}"
        if shown is not None and event not in shown:
            assert answer.status != 200, f"{told} was not shown and happened"
            assert answer.status in (403, 404, 409, 422), answer
        elif shown is not None and answer.status != 200:
            assert answer.code in ABOUT_WHAT_CAME_ALONG, f"{told} was shown and refused: {answer.code}"
        if answer.status == 200:
            self.expected[case_id] += 1
            self.see(case_id, answer.body)
        return answer

    def said(self, event: str, case_id: int, chance: Random) -> dict[str, Any]:
        """What comes with it, in the words of this city."""
        case = self.known[case_id]
        said = payload(event, case, now=self.clock.at, owners=OWNERS, chance=chance)
        match event:
            case "merge":
                return {"into": chance.choice([*self.known, 999_999])}
            case "correct_routing":
                return {"area_code": chance.choice(AREAS), "reason": "the other side of the road"}
            case "recategorise":
                affair = chance.choice(({}, {"affair": "personal"}, {"affair": "community"}))
                return {"category": chance.choice(CATEGORIES), "reason": "rubble", **affair}
            case "dispatch" if chance.random() < 0.4:
                return {}
            case "resume" | "reopen" | "approve_extension" if chance.random() < 0.5:
                return {name: value for name, value in said.items() if name not in ("due_at", "warn_at")}
        return said

    # what must hold

    def see(self, case_id: int, told: dict[str, Any] | None = None) -> None:
        """Reads the case and its log, compares the two, and the case with what it was."""
        with self.desk.service.database.reading() as connection:
            case = case_of(connection, case_id)
            events = [Recorded(e.kind, e.at, e.actor, e.data) for e in event_log.of_case(connection, case_id)]
        assert fold_case(case, events) == case, "the row is not the fold of its events"
        assert case.version == len(events) == self.expected[case_id], "something else happened than was told"
        assert told is None or (told["version"], told["state"], told["owner"]) == (case.version, case.state, case.owner)
        before, after = self.known[case_id], from_json(case.progress)
        assert_sound(after)
        if after.version > before.version:
            assert_follows(before, after, events[-1])
            self.seen[events[-1].kind] += 1
        else:
            assert after == before, "something changed without an event"
        assert_verified_by_others(events)
        assert_only_one_owner_at_a_time(events)
        self.known[case_id] = after

    @invariant()
    def nothing_else_changed_and_counts_are_those_of_the_list(self) -> None:
        client, headers, asked = self.desk.service.client, self.desk.service.operator, {"text": self.tag}
        page = client.get("/api/v1/cases", params={**asked, "limit": 500}, headers=headers).json()
        assert {row["case_id"]: (row["version"], row["state"], row["owner"]) for row in page["items"]} == {
            case_id: (case.version, case.state, case.owner) for case_id, case in self.known.items()
        }
        assert page["total"] == len(page["items"])
        assert page["by_state"] == Counter(row["state"] for row in page["items"])
        by = Random(f"{self.tag} {self.expected}").choice((*COUNTED, "position"))
        if by != "position":
            counts = client.get("/api/v1/cases/counts", params={**asked, "by": by}, headers=headers).json()["counts"]
            assert counts == Counter(row[by] for row in page["items"] if row[by] is not None)
            return
        placed = client.get("/api/v1/cases/positions", params=asked, headers=headers).json()
        rows = sorted((row["case_id"], row["state"], row["light"]) for row in page["items"] if row["lon"] is not None)
        assert list(zip(placed["id"], placed["state"], placed["light"], strict=True)) == rows

    @invariant()
    def nothing_is_merged_in_a_circle(self) -> None:
        for case_id in self.known:
            seen, at = {case_id}, self.known[case_id].merged_into
            while at is not None:
                assert at not in seen, "cases are merged in a circle"
                seen.add(at)
                at = self.known[at].merged_into

    def teardown(self) -> None:
        for case_id in self.known:
            self.see(case_id)


def run(desk: Desk, *, steps: int, runs: int, machine: type[ServiceMachine] = ServiceMachine) -> Counter[str]:
    """Walks `runs` handfuls of cases through up to `steps` steps each; how often each kind of event was recorded. Nothing is shrunk."""
    machine.desk, machine.seen, machine.runs = desk, Counter(), 0
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
    return machine.seen
