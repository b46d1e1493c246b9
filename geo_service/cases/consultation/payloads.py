"""What each step of a consultation, a whistle or a proposed rule brings along, read strictly. Pure."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import Any

from geo_service.cases.consultation.meeting import STANCES
from geo_service.cases.workflow import ENTRIES
from geo_service.cases.workflow.reading import choice, flag, moment, number, owner, owners, record, text

LARGEST_ID = 2**63 - 1


@record
class Open:
    """lead: whoever received the case first, where it is not named. opinions_due_at: by the rules, where it is not named."""

    entry: str = choice(ENTRIES)
    lead: str | None = owner(default=None)
    invited: tuple[str, ...] = owners(default=())
    opinions_due_at: datetime | None = moment(default=None)
    chair: str | None = text(60, default=None)
    note: str | None = text(default=None)


@record
class Invite:
    agencies: tuple[str, ...] = owners()


@record
class GiveOpinion:
    """agency: whose opinion it is, where the centre enters it for them."""

    stance: str = choice(STANCES)
    words: str = text()
    agency: str | None = owner(default=None)


@record
class Adjourn:
    words: str = text()
    opinions_due_at: datetime = moment()


@record
class WriteMinutes:
    words: str = text()
    attended: tuple[str, ...] = owners()


@record
class Rule:
    """precedent: whether it is meant for its kind; then category and area say for which, the case's own where they are not named."""

    lead: str = owner()
    cohandlers: tuple[str, ...] = owners(default=())
    words: str = text(1000)
    precedent: bool = flag(default=False)
    category: str | None = text(60, default=None)
    area: str | None = text(32, default=None)


@record
class Escalate:
    """The next tier: who is asked besides those asked so far, until when, and who leads the meeting."""

    reason: str = text(1000)
    lead: str | None = owner(default=None)
    invited: tuple[str, ...] = owners(default=())
    opinions_due_at: datetime | None = moment(default=None)
    chair: str | None = text(60, default=None)


@record
class Settle:
    reason: str = text(1000)


VERBS: MappingProxyType[str, type[Any]] = MappingProxyType(
    {
        "invite": Invite,
        "opinion": GiveOpinion,
        "adjourn": Adjourn,
        "minutes": WriteMinutes,
        "rule": Rule,
        "escalate": Escalate,
        "settle": Settle,
    }
)
"""What may be done to a consultation, and what comes with it."""


@record
class Blow:
    """street: who blows, where the centre enters it for them."""

    agencies: tuple[str, ...] = owners()
    about: str = text(1000)
    due_at: datetime = moment()
    case_id: int | None = number(1, LARGEST_ID, default=None)
    street: str | None = owner(default=None)


@record
class ReportIn:
    agency: str | None = owner(default=None)


@record
class RateAgency:
    agency: str = owner()
    stars: int = number(1, 5)
    words: str | None = text(1000, default=None)


WHISTLE_VERBS: MappingProxyType[str, type[Any]] = MappingProxyType({"report_in": ReportIn, "rate": RateAgency})


@record
class Accept:
    """priority: lifts the rule over others that are as specific. category, area: another subtree than was proposed."""

    priority: int | None = number(0, 100, default=None)
    category: str | None = text(60, default=None)
    area: str | None = text(32, default=None)
    note: str | None = text(200, default=None)


@record
class Decline:
    reason: str = text(1000)


PROPOSAL_VERBS: MappingProxyType[str, type[Any]] = MappingProxyType({"accept": Accept, "decline": Decline})
