"""What each event brings along. One record per event; `reading` says what each field may be."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import Any

from geo_service.cases.clocks import Limit
from geo_service.cases.workflow.reading import choice, flag, limit, moment, number, owner, owners, record, text
from geo_service.cases.workflow.words import AFFAIRS, DELIBERATIONS, ENTRIES, NOT_ACCEPTED, RESULTS, RETURNS

LARGEST_ID = 2**63 - 1


@record
class Remark:
    """Nothing is needed; a remark is welcome."""

    note: str | None = text(default=None)


@record
class Reason:
    """Why."""

    reason: str = text(1000)


@record
class OnSite:
    """found: whether what was reported is there. seen: what was seen, in words."""

    found: bool = flag()
    seen: str | None = text(default=None)


@record
class File:
    """What the case is about and where, as far as the report did not say."""

    category: str | None = text(60, default=None)
    affair: str | None = choice(AFFAIRS, default=None)
    condition: str | None = text(60, default=None)
    area_code: str | None = text(32, default=None)
    rules_version: int | None = number(1, LARGEST_ID, default=None)
    note: str | None = text(default=None)


@record
class NotAccept:
    reason: str = choice(NOT_ACCEPTED)
    note: str | None = text(default=None)


@record
class Merge:
    """into: the case that goes on."""

    into: int = number(1, LARGEST_ID)
    note: str | None = text(default=None)


@record
class Advise:
    """advice: what the resident was told."""

    advice: str = text()


@record
class Dispatch:
    """owner: the one lead. limit, due_at, warn_at: given with the first dispatch, never changed by a later one. rule: of the matrix."""

    owner: str = owner()
    cohandlers: tuple[str, ...] = owners(default=())
    limit: Limit | None = limit(default=None)
    due_at: datetime | None = moment(default=None)
    warn_at: datetime | None = moment(default=None)
    rule: str | None = text(80, default=None)
    rules_version: int | None = number(1, LARGEST_ID, default=None)
    reason: str | None = text(1000, default=None)


@record
class Ruling(Dispatch):
    """A dispatch by decision of the centre or of a consultation: final, so it says why."""

    reason: str = text(1000)
    consultation_id: int | None = number(1, LARGEST_ID, default=None)


@record
class Return:
    """proposed_owner: who should have it instead."""

    reason: str = choice(RETURNS)
    proposed_owner: str = owner()
    note: str | None = text(default=None)


@record
class FeedBack:
    """result: what was done. answer: the one public answer, if it differs."""

    result: str = text()
    answer: str | None = text(default=None)


@record
class Part:
    """part: whose part it is, where an operator enters it for them."""

    result: str = text()
    part: str | None = owner(default=None)


@record
class Check:
    passed: bool = flag()
    seen: str | None = text(default=None)


@record
class Close:
    answer: str | None = text(default=None)


@record
class Evaluate:
    """The call-back: responded, resolved, satisfied as the resident says; None where they were not asked or not reached."""

    score: int | None = number(1, 5, default=None)
    responded: bool | None = flag(default=None)
    resolved: bool | None = flag(default=None)
    satisfied: bool | None = flag(default=None)
    note: str | None = text(default=None)


@record
class Reopen:
    """due_at, warn_at: the deadline of the new round, where the case goes back to its owner."""

    reason: str = text(1000)
    due_at: datetime | None = moment(default=None)
    warn_at: datetime | None = moment(default=None)


@record
class AskExtension:
    reason: str = text(1000)
    due_at: datetime = moment()


@record
class Extend:
    """due_at: if another deadline is granted than was asked for."""

    due_at: datetime | None = moment(default=None)
    warn_at: datetime | None = moment(default=None)
    note: str | None = text(default=None)


@record
class Resume:
    """due_at, warn_at: where the deadline moved to while the clock stood still."""

    due_at: datetime | None = moment(default=None)
    warn_at: datetime | None = moment(default=None)
    note: str | None = text(default=None)


@record
class Opinion:
    opinion: str = text()


@record
class Reply:
    reply: str = text()


@record
class Consult:
    """tier: 1 the agency that received it first leads, 2 city and district together, 3 a city leader leads."""

    tier: int = number(1, 3)
    entry: str = choice(ENTRIES)
    consultation_id: int | None = number(1, LARGEST_ID, default=None)
    note: str | None = text(default=None)


@record
class Deliberate:
    what: str = choice(DELIBERATIONS)
    minutes: str = text()
    attended: int | None = number(0, 100_000, default=None)


@record
class ApplyResult:
    what: str = choice(RESULTS)
    subject: str = text(80)
    note: str = text()


@record
class Cohandlers:
    cohandlers: tuple[str, ...] = owners()


@record
class HandOver:
    owner: str = owner()
    reason: str = text(1000)


@record
class CorrectRouting:
    area_code: str = text(32)
    area_level: str | None = text(30, default=None)
    reason: str = text(1000)


@record
class Recategorise:
    category: str = text(60)
    affair: str | None = choice(AFFAIRS, default=None)
    condition: str | None = text(60, default=None)
    reason: str = text(1000)


@record
class Note:
    """public: whether the reporter may read it."""

    note: str = text()
    public: bool = flag(default=False)


PAYLOADS: MappingProxyType[str, type[Any]] = MappingProxyType(
    {
        "verify_on_site": Remark,
        "report_on_site": OnSite,
        "file": File,
        "not_accept": NotAccept,
        "merge": Merge,
        "advise": Advise,
        "self_resolve": FeedBack,
        "dispatch": Dispatch,
        "rule": Ruling,
        "sign": Remark,
        "return": Return,
        "complete_part": Part,
        "feed_back": FeedBack,
        "check": Check,
        "rework": Reason,
        "close": Close,
        "evaluate": Evaluate,
        "reopen": Reopen,
        "request_extension": AskExtension,
        "approve_extension": Extend,
        "deny_extension": Reason,
        "request_suspension": Reason,
        "suspend": Remark,
        "deny_suspension": Reason,
        "resume": Resume,
        "request_void": Reason,
        "void": Remark,
        "deny_void": Reason,
        "supervise": Opinion,
        "reply_supervision": Reply,
        "consult": Consult,
        "deliberate": Deliberate,
        "apply_result": ApplyResult,
        "assign_cohandlers": Cohandlers,
        "hand_over": HandOver,
        "correct_routing": CorrectRouting,
        "recategorise": Recategorise,
        "note": Note,
    }
)
"""event -> the record of what comes with it."""
