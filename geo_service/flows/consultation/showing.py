"""Hard matters as the wire has them, with names and words in the caller's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo_service.cases.consultation import MEETING_STATES, PROPOSAL_STATES, STANCES, TIERS, Opinion, Ruling, silent, standing_of
from geo_service.cases.consulting.proposals import Proposal
from geo_service.cases.consulting.repository import Kept
from geo_service.cases.consulting.similar import Similar
from geo_service.cases.consulting.whistles import KeptWhistle
from geo_service.cases.workflow import ENTRIES
from geo_service.flows.consultation.schemas import (
    CallOut,
    ConsultationOut,
    ConsultationRow,
    OpinionOut,
    PartyOut,
    PrecedentOut,
    ProposalRow,
    ReasonOut,
    RulingOut,
    WhistleOut,
)
from geo_service.workers.repository import owner_names

STANDINGS = {"waiting": ("待报到", "has still time"), "in_time": ("按时报到", "came in time"), "late": ("迟到", "came late")}
STANDINGS["absent"] = ("未报到", "did not come")


class Shown:
    """Puts things into one language, as of an instant. Names are read once for all that is shown."""

    def __init__(self, connection: Connection, *, language: str, now: datetime, parties: Iterable[str] = ()) -> None:
        self.now, self.language = now, language
        self._chosen = 0 if language.lower().startswith("zh") else 1
        self._names: Mapping[str, str] = owner_names(connection, parties, at=now, language=language)

    def name(self, party: str) -> str | None:
        return self._names.get(party)

    def _word(self, words: Mapping[str, tuple[str, str]], code: str) -> str:
        return words[code][self._chosen] if code in words else code

    def row(self, kept: Kept) -> ConsultationRow:
        """A consultation as lists show it."""
        return ConsultationRow(**self._row(kept))

    def _row(self, kept: Kept) -> dict[str, Any]:
        one, tier = kept.one, TIERS[kept.one.tier]
        return {
            "consultation_id": kept.consultation_id,
            "case_id": one.case_id,
            "tier": one.tier,
            "tier_name": (tier.zh, tier.en)[self._chosen],
            "state": one.state,
            "state_name": self._word(MEETING_STATES, one.state),
            "entry": one.entry,
            "entry_name": self._word(ENTRIES, one.entry),
            "why": self._said(one.why) or self._word(ENTRIES, one.entry),
            "lead": one.lead,
            "lead_name": self.name(one.lead),
            "invited": len(one.invited),
            "heard": len(one.opinions),
            "quorum": one.quorum,
            "convened_at": one.convened_at,
            "opinions_due_at": one.opinions_due_at,
            "ended_at": one.ended_at,
            "overdue_at": one.overdue_at,
            "version": kept.version,
        }

    def _said(self, why: Mapping[str, Any]) -> str:
        return str(why.get(("zh", "en")[self._chosen], ""))

    def whole(self, kept: Kept, proposal: Proposal | None) -> ConsultationOut:
        """A whole consultation."""
        one = kept.one
        stances = {opinion.agency: opinion.stance for opinion in one.opinions}
        missing = silent(one, self.now) if one.running else ()
        return ConsultationOut(
            **self._row(kept),
            convened_by=one.convened_by,
            before_id=one.before_id,
            chair=one.chair,
            parties=[
                PartyOut.model_validate(
                    {"party": party, "name": self.name(party), "stance": stances.get(party), "silent": party in missing}
                )
                for party in one.invited
            ],
            opinions=[self._opinion(opinion) for opinion in one.opinions],
            earlier=[self._opinion(opinion) for opinion in one.earlier],
            adjournments=[asdict(put_off) for put_off in one.adjournments],  # type: ignore[misc]  # plain values, checked by pydantic
            minutes=asdict(one.minutes) if one.minutes else None,  # type: ignore[arg-type]  # as above
            ruling=self.ruling(one.ruling) if one.ruling else None,
            reason=one.reason,
            proposal_id=proposal.proposal_id if proposal else None,
            facts={name: value for name, value in one.why.items() if name not in ("zh", "en")},
        )

    def _opinion(self, opinion: Opinion) -> OpinionOut:
        return OpinionOut(**asdict(opinion), stance_name=self._word(STANCES, opinion.stance))

    def ruling(self, ruling: Ruling) -> RulingOut:
        """A ruling, with its lead's name."""
        return RulingOut(**asdict(ruling), lead_name=self.name(ruling.lead))

    def reason(self, told: Mapping[str, Any]) -> ReasonOut:
        """Why a case may go to consultation."""
        facts = {name: told[name] for name in ("measure", "value", "least")}
        entry = str(told["entry"])
        return ReasonOut(
            entry=entry,
            entry_name=self._word(ENTRIES, entry),
            text=self._said(told),
            since_at=told["since_at"],
            rules_version=told["rules_version"],
            facts=facts,
        )

    def precedent(self, found: Similar) -> PrecedentOut:
        """An earlier ruling, and why it is like this case."""
        assert found.one.ruling is not None, "only rulings are looked for"
        return PrecedentOut(
            consultation_id=found.consultation_id,
            case_id=found.case_id,
            tracking_number=found.tracking_number,
            category=found.category,
            tier=found.one.tier,
            score=found.likeness.score,
            why=found.likeness.text(self.language),
            ruling=self.ruling(found.one.ruling),
        )

    def whistle(self, kept: KeptWhistle) -> WhistleOut:
        """A whistle with how everybody answered."""
        one = kept.one
        came, rated = {a.agency: a.at for a in one.arrivals}, {r.agency: r for r in one.ratings}
        calls = []
        for agency in one.agencies:
            standing, stars = standing_of(one, agency, self.now), rated.get(agency)
            calls.append(
                CallOut(
                    agency=agency,
                    name=self.name(agency),
                    standing=standing,
                    standing_name=self._word(STANDINGS, standing),
                    arrived_at=came.get(agency),
                    stars=stars.stars if stars else None,
                    words=(stars.words or None) if stars else None,
                    rated_at=stars.at if stars else None,
                )
            )
        return WhistleOut(
            whistle_id=kept.whistle_id,
            case_id=one.case_id,
            street=one.street,
            street_name=self.name(one.street),
            about=one.about,
            state="over" if self.now > one.due_at else "waiting",
            blown_at=one.blown_at,
            blown_by=kept.blown_by,
            due_at=one.due_at,
            over_at=one.over_at,
            calls=calls,
            version=kept.version,
        )

    def proposal(self, found: Proposal) -> ProposalRow:
        """A proposed rule."""
        return ProposalRow(**self.proposal_values(found))

    def proposal_values(self, found: Proposal) -> dict[str, Any]:
        """The fields of a proposal's row."""
        values = {name: value for name, value in asdict(found).items() if name != "findings"}
        return {**values, "state_name": self._word(PROPOSAL_STATES, found.state), "lead_name": self.name(found.lead)}


def parties_of(kept: Sequence[Kept]) -> set[str]:
    """Everybody who is named in consultations."""
    named = {party for one in kept for party in (one.one.lead, *one.one.invited)}
    return named | {party for one in kept if one.one.ruling for party in (one.one.ruling.lead, *one.one.ruling.cohandlers)}


def callers_of(kept: Sequence[KeptWhistle]) -> set[str]:
    """Everybody who is named in whistles."""
    return {party for one in kept for party in (one.one.street, *one.one.agencies)}
