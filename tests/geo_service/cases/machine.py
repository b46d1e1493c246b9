"""A Hypothesis state machine over the pure workflow: any events, by anybody, in any order. Also run by `make soak`, longer."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from geo_service.cases.clocks import paused_within
from geo_service.cases.workflow import PAYLOADS, Recorded, Refusal, allowed, apply, decide, fold, opened
from tests.geo_service.cases.invariants import assert_follows, assert_only_one_owner_at_a_time, assert_sound, assert_verified_by_others
from tests.geo_service.cases.moves import FORWARD, payload
from tests.geo_service.cases.ways import LEAD, OTHER, START, THIRD

PEOPLE = (
    ("operator", "operator:1"),
    ("operator", "operator:2"),
    ("supervisor", "supervisor:1"),
    ("supervisor", "supervisor:2"),
    ("agency", LEAD),
    ("agency", OTHER),
    ("agency", THIRD),
    ("grid_worker", "post:1"),
    ("grid_worker", "post:2"),
    ("community_secretary", "post:3"),
)
OWNERS = (LEAD, OTHER, THIRD, "post:1")


class WorkflowMachine(RuleBasedStateMachine):
    """One case and its log. seen: how often each kind of event was recorded, over all runs."""

    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        said = {"state": "received", "category": "gb47678:matter:06010", "affair": "community", "area_code": "g-1"}
        self.log = [Recorded("received", START, "web", said)]
        self.case = self.folded = opened(self.log[0], case_id=1)
        self.now = START
        self.used = timedelta(0)

    @rule(seed=st.integers(0, 2**32))
    def somebody_acts(self, seed: int) -> None:
        chance = Random(f"{seed} {self.case.version} {self.case.state}")  # a draw a step: many small draws would make the machine slow
        self.now += timedelta(minutes=chance.randint(0, 3000))
        role, actor, event = self.move(chance)
        said = payload(event, self.case, now=self.now, owners=OWNERS, chance=chance)
        shown = event in allowed(self.case, role, actor=actor, now=self.now)
        found = decide(self.case, event, role=role, actor=actor, payload=said, now=self.now)
        if isinstance(found, Refusal):
            assert not shown or found.about in ("payload", "guard"), f"{event} was shown and refused: {found.code}"
            return
        assert shown, f"{event} was not shown and happened"
        assert_follows(self.case, found.after, found.recorded)
        self.case, self.log = found.after, [*self.log, found.recorded]
        self.folded = apply(self.folded, found.recorded)
        self.seen[found.recorded.kind] += 1

    def move(self, chance: Random) -> tuple[str, str, str]:
        """Who tries what: mostly something that may happen, often something that leads on, sometimes anything."""
        role, actor = chance.choice(PEOPLE)
        whence = chance.random()
        if whence > 0.85:
            return role, actor, chance.choice(EVENTS)
        doing: dict[str, list[tuple[str, str]]] = {}
        for person in chance.sample(PEOPLE, 6):
            for event in allowed(self.case, person[0], actor=person[1], now=self.now):
                if event in FORWARD if whence < 0.4 else event != "note":
                    doing.setdefault(event, []).append(person)
        if not doing:
            return role, actor, chance.choice(EVENTS)
        event = chance.choice(sorted(doing))
        return *chance.choice(doing[event]), event

    @invariant()
    def the_case_is_sound(self) -> None:
        assert_sound(self.case)
        assert self.folded == self.case, "the fold of the events is another state"

    @invariant()
    def the_clock_is_monotone(self) -> None:
        started = self.case.dispatched_at
        if started is not None:
            used = self.now - started - paused_within(self.case.pauses, started, self.now)
            assert used >= self.used
            self.used = used

    def teardown(self) -> None:
        assert fold(self.log, case_id=1) == self.case
        assert_verified_by_others(self.log)
        assert_only_one_owner_at_a_time(self.log)


EVENTS = sorted(PAYLOADS)


def run(*, steps: int, runs: int, shrink: bool = True, machine: type[WorkflowMachine] = WorkflowMachine) -> Counter[str]:
    """Walks `runs` cases through up to `steps` steps each; how often each kind of event was recorded.

    shrink: a failure is made small before it is shown, which takes minutes where runs are long.
    """
    phases = (Phase.explicit, Phase.generate, Phase.shrink) if shrink else (Phase.explicit, Phase.generate)
    machine.seen.clear()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs, stateful_step_count=steps, deadline=None, phases=phases, suppress_health_check=list(HealthCheck)
        ),
    )
    return Counter(machine.seen)
