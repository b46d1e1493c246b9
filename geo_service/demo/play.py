"""A hard matter being played: the service's own steps on one case, at the instants a story names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from geo_service.accounts import Actor, Grant
from geo_service.cases.acting import held_case
from geo_service.cases.clocks import Limit
from geo_service.cases.consulting import whistles
from geo_service.cases.consulting.repository import Kept, of_case
from geo_service.cases.model import Case
from geo_service.cases.repository import case as case_of
from geo_service.demo.dispatching import Clocks
from geo_service.demo.frames import read_data
from geo_service.flows.consultation import service, whistling
from geo_service.flows.consultation.entering import enter_case, entry_version, go_up
from geo_service.flows.dispatch.acting import apply_event
from geo_service.published import Published
from geo_service.rulebooks import entries_in_force


@dataclass(frozen=True)
class Play:
    """One case and who takes part. number: which of its plot. others: whom the lead asks; street: who blows whistles."""

    connection: Connection
    published: Published
    clocks: Clocks
    case_id: int
    number: int
    district: str
    instead: str
    others: Sequence[str]
    street: str

    @property
    def case(self) -> Case:
        return case_of(self.connection, self.case_id)

    @property
    def owner(self) -> str:
        """Who has the case; whoever it is now."""
        return self.case.owner or self.instead

    @property
    def meeting(self) -> Kept:
        """The last consultation on the case."""
        return of_case(self.connection, self.case_id)[-1]

    def later(self, at: datetime, hours: float) -> datetime:
        """So many working hours later, not on the dot."""
        return self.clocks.due(at, Limit(hours, "work_hour")) + timedelta(minutes=7 * self.case_id % 19, seconds=self.case_id % 60)

    def text(self, name: str, shift: int = 0) -> str:
        """Words of a kind."""
        texts: list[str] = read_data("hard.json")[name]
        return texts[(self.number + shift) % len(texts)]

    def centre(self) -> Actor:
        return Actor(f"operator:{self.district}", "operator")

    def enter(self, at: datetime) -> bool:
        """What the periodic task does: into consultation by the entry rules."""
        rules, version = entries_in_force(self.connection, at=at), entry_version(self.connection, at=at)
        return enter_case(self.connection, self.case_id, rules, version, now=at)

    def go_up(self, at: datetime) -> None:
        """What the periodic task does behind a deadline without a quorum."""
        go_up(self.connection, self.meeting.consultation_id, now=at)

    def consult(self, verb: str, at: datetime, actor: Actor, **said: Any) -> None:
        """A step of the consultation that goes on."""
        kept = self.meeting
        service.act(
            self.connection,
            self.published,
            kept.consultation_id,
            verb,
            said,
            expected_version=kept.version,
            actor=actor,
            now=at,
            step=apply_event,
        )

    def step(self, event: str, at: datetime, *, role: str, name: str, **said: Any) -> None:
        """An event on the case."""
        case, state = held_case(self.connection, self.case_id)
        apply_event(self.connection, self.published, case, state, event, said, role=role, name=name, now=at)

    def blow(self, at: datetime, agencies: Sequence[str], due_at: datetime, *, about_case: bool) -> int:
        """A whistle of the street; its id."""
        about = {"case_id": self.case_id, "about": self.text("abouts")} if about_case else {"about": self.text("abouts_of_area")}
        said = {"agencies": list(agencies), "due_at": due_at.isoformat(), **about}
        return whistling.blow_one(self.connection, said, actor=acting_for(self.street, "street_office"), now=at).whistle_id

    def whistle(self, whistle_id: int, verb: str, at: datetime, actor: Actor, **said: Any) -> None:
        """A step at a whistle."""
        version = whistles.found(self.connection, whistle_id).version
        whistling.act(self.connection, whistle_id, verb, said, expected_version=version, actor=actor, now=at)

    def whistle_over(self, whistle_id: int, at: datetime) -> None:
        """What the periodic task does behind the deadline of a whistle."""
        whistling.end_due(self.connection, whistle_id, now=at)


def acting_for(party: str, role: str = "agency") -> Actor:
    """Whoever acts in the name of an agency or a post."""
    return Actor(party, role, (Grant(role, acts_for=party),))
