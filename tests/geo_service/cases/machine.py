"""A Hypothesis state machine over the pure workflow: any events, by anybody, in any order. Also run by `make soak`, longer."""

from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from geo_service.cases.clocks import paused_within
from geo_service.cases.workflow import OPEN, PAYLOADS, CaseState, Recorded, Refusal, allowed, decide, fold, opened
from geo_service.cases.workflow.effects import OWNERLESS, WITH_OWNER
from tests.geo_service.cases.scenes import PAYLOAD
from tests.geo_service.cases.ways import LEAD, OTHER, START, THIRD

ACTORS = {
    "operator": ("operator:1", "operator:2"),
    "supervisor": ("supervisor:1", "supervisor:2"),
    "agency": (LEAD, OTHER, THIRD),
    "grid_worker": ("post:1", "post:2"),
    "community_secretary": ("post:3",),
}
PEOPLE = [(role, actor) for role, actors in ACTORS.items() for actor in actors]
OWNERS = (LEAD, OTHER, THIRD, "post:1")
FORWARD = (
    "resume",
    "suspend",
    "approve_extension",
    "file",
    "dispatch",
    "rule",
    "sign",
    "complete_part",
    "feed_back",
    "check",
    "close",
    "evaluate",
)


class WorkflowMachine(RuleBasedStateMachine):
    """One case and its log."""

    def __init__(self) -> None:
        super().__init__()
        said = {"state": "received", "category": "gb47678:matter:06010", "affair": "community", "area_code": "g-1"}
        self.log = [Recorded("received", START, "web", said)]
        self.case = opened(self.log[0], case_id=1)
        self.now = START
        self.used = timedelta(0)

    @rule(seed=st.integers(0, 2**32), minutes=st.integers(0, 3000))
    def somebody_acts(self, seed: int, minutes: int) -> None:
        chance = Random(f"{seed} {self.case.version} {self.case.state}")  # a draw a step: many small draws would make the machine slow
        self.now += timedelta(minutes=minutes)
        role, actor, event = self.move(chance)
        found = decide(self.case, event, role=role, actor=actor, payload=self.payload(event, chance), now=self.now)
        if isinstance(found, Refusal):
            return
        self.follows(self.case, found.after, found.recorded)
        self.case, self.log = found.after, [*self.log, found.recorded]

    def move(self, chance: Random) -> tuple[str, str, str]:
        """Who tries what: mostly something that may happen, often something that leads on, sometimes anything."""
        role, actor = chance.choice(PEOPLE)
        whence = chance.random()
        doing: dict[str, list[tuple[str, str]]] = {}
        for person in PEOPLE:
            for event in allowed(self.case, person[0], actor=person[1], now=self.now):
                if event in FORWARD if whence < 0.4 else event != "note":
                    doing.setdefault(event, []).append(person)
        if whence > 0.85 or not doing:
            return role, actor, chance.choice(sorted(PAYLOADS))
        event = chance.choice(sorted(doing))
        return *chance.choice(doing[event]), event

    def payload(self, event: str, chance: Random) -> dict[str, Any]:
        """Something that will often do: deadlines ahead, an owner drawn."""
        said = dict({"check": {"passed": chance.random() < 0.6}}.get(event, PAYLOAD.get(event, {})))
        due = self.now + timedelta(days=chance.randint(0, 20), minutes=1)
        if self.case.due_at is not None and chance.random() < 0.8:
            due = max(due, self.case.due_at + timedelta(minutes=1))
        if event in ("dispatch", "rule"):
            said = {**said, "owner": chance.choice(OWNERS), "due_at": due.isoformat(), "warn_at": None}
            if self.case.dispatched_at is not None and chance.random() < 0.7:
                said = {**said, "due_at": None, "limit": None}
        elif event in ("resume", "reopen", "request_extension"):
            said["due_at"] = due.isoformat()
            said.pop("warn_at", None)
        elif event == "hand_over":
            said["owner"] = chance.choice(OWNERS)
        elif event == "return":
            said["proposed_owner"] = chance.choice(OWNERS)
        elif event == "consult":
            said["tier"] = chance.randint(1, 3)
        if event in ("dispatch", "rule", "assign_cohandlers"):
            said["cohandlers"] = chance.sample(OWNERS, chance.randint(0, 2))
        return said

    def follows(self, before: CaseState, after: CaseState, event: Recorded) -> None:
        """What one step may and may not do."""
        assert after.version == before.version + 1
        assert after.updated_at == event.at >= before.updated_at
        assert before.dispatched_at is None or after.dispatched_at == before.dispatched_at, "the handling clock was reset"
        if before.due_at is not None and before.dispatched_at is not None and event.kind != "reopened":
            assert after.due_at is not None
            assert after.due_at >= before.due_at, "a deadline moved back"
        assert after.due_at == before.due_at or event.kind in ("dispatched", "ruled", "extended", "resumed", "reopened")
        for counter in ("returns", "reworks", "extensions", "suspensions", "reopenings", "dispatches", "consult_tier"):
            assert getattr(after, counter) >= getattr(before, counter)
        if event.kind == "returned":
            assert not before.ruled
            assert before.returns < 2, "a third return"
        assert event.kind != "dispatched" or not before.awaiting_ruling, "dispatched past the ruling"
        if event.kind in ("checked", "closed"):
            assert event.actor not in before.handlers, "the verifier was the handler"

    @invariant()
    def exactly_one_owner(self) -> None:
        state = self.case
        assert (state.owner is not None) or state.state not in WITH_OWNER
        assert (state.owner is None) or state.state not in OWNERLESS
        assert state.owner not in state.cohandlers
        if state.state in ("dispatched", "handling"):
            assert state.due_at is not None
            assert state.dispatched_at is not None

    @invariant()
    def the_verifier_is_not_a_handler(self) -> None:
        assert self.case.checked_by is None or self.case.checked_by not in (*self.case.handlers, self.case.owner)

    @invariant()
    def the_clock_is_monotone(self) -> None:
        started = self.case.dispatched_at
        if started is not None:
            used = self.now - started - paused_within(self.case.pauses, started, self.now)
            assert used >= self.used
            self.used = used
        assert self.case.paused == (self.case.state == "suspended")
        assert (self.case.suspended_from is not None) == self.case.paused
        assert all(a.until_at is not None and a.until_at <= b.from_at for a, b in zip(self.case.pauses, self.case.pauses[1:], strict=False))

    @invariant()
    def the_fold_of_the_events_is_the_state(self) -> None:
        assert fold(self.log, case_id=1) == self.case

    @invariant()
    def an_ended_case_says_how_and_when(self) -> None:
        assert (self.case.closed_at is None) == (self.case.state in OPEN)
        assert self.case.state in OPEN or self.case.ending is not None


def run(*, steps: int, runs: int) -> None:
    """Walks `runs` cases through up to `steps` steps each."""
    run_state_machine_as_test(
        WorkflowMachine,
        settings=settings(max_examples=runs, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)),
    )
