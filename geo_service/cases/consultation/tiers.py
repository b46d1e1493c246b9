"""A consultation: convened in one of three tiers, opinions with a deadline, minutes with a quorum, a ruling or one tier up.

open -> minuted -> ruled          the ruling is final for this tier
open, minuted -> lifted           to the next tier; the third has none above it
open, minuted -> settled          the agencies agreed without a ruling
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import Any

from geo_service.cases.clocks import instant
from geo_service.cases.consultation.meeting import RUNNING, STANCES, TIERS, Adjournment, Consultation, Minutes, Opinion, Ruling, Tier
from geo_service.errors import ConflictError, DeniedError, RequestError


def convene(
    *,
    case_id: int,
    tier: int,
    entry: str,
    lead: str,
    invited: Sequence[str],
    at: datetime,
    opinions_due_at: datetime,
    by: str = "",
    before: Consultation | None = None,
    before_id: int | None = None,
    chair: str | None = None,
    why: Mapping[str, Any] | None = None,
    tiers: Mapping[int, Tier] = TIERS,
) -> Consultation:
    """A new consultation. before: the one of the tier below, which must have ended. RequestError, ConflictError otherwise."""
    at, due = instant(at, "at"), instant(opinions_due_at, "opinions_due_at")
    everybody = tuple(dict.fromkeys((lead, *invited)))
    if tier not in tiers:
        raise RequestError("unknown_tier", en="there is no tier {tier}", zh="没有第 {tier} 级会商", tier=tier, field="tier")
    if due <= at:
        raise RequestError("deadline_passed", en="opinions are due in the past", zh="意见反馈截止时间已过", field="opinions_due_at")
    if tier > 1 and len(everybody) < 2:
        raise RequestError(
            "nobody_invited", en="a joint consultation needs more than its lead", zh="联合会商须邀请其他单位", field="invited"
        )
    if (tier == 1) != (before is None) or (before is not None and (before.running or before.tier != tier - 1)):
        raise ConflictError("tier_out_of_order", en="consultation goes up tier by tier", zh="会商须逐级提升")
    if before is not None and before.case_id != case_id:
        raise RequestError("another_case", en="the tier below was about another case", zh="下一级会商属于其他案件", field="case_id")
    quorum = needed(tiers[tier], everybody)
    return Consultation(
        case_id, tier, entry, lead, everybody, at, due, quorum, convened_by=by, before_id=before_id, chair=chair, why=dict(why or {})
    )


def needed(tier: Tier, invited: Sequence[str]) -> int:
    """How many of those invited make a quorum: their share, rounded up, at least one."""
    return max(1, ceil(tier.quorum * len(invited)))


def invite(one: Consultation, *, agencies: Sequence[str], at: datetime) -> Consultation:
    """With more agencies summoned, before the deadline; the quorum grows with them. Those who are there already are left alone."""
    at = _awaiting(one, at)
    new = tuple(agency for agency in dict.fromkeys(agencies) if agency not in one.invited)
    if not new:
        raise RequestError("nobody_new", en="all of these were invited already", zh="所列单位均已在邀请之列", field="agencies")
    everybody = (*one.invited, *new)
    return replace(one, invited=everybody, quorum=needed(TIERS[one.tier], everybody))


def give_opinion(one: Consultation, *, agency: str, stance: str, words: str, at: datetime, by: str | None = None) -> Consultation:
    """With the opinion of an agency that was invited, until the deadline; another one replaces the first, which is kept in `earlier`."""
    if agency not in one.invited:
        raise DeniedError("not_invited", en="{agency} was not invited", zh="{agency} 未被邀请", agency=agency)
    at = _awaiting(one, at)
    if stance not in STANCES:
        raise RequestError(
            "unknown_stance", en="there is no stance {stance}", zh="没有名为 {stance} 的意见类型", stance=stance, field="stance"
        )
    before = tuple(said for said in one.opinions if said.agency == agency)
    others = tuple(said for said in one.opinions if said.agency != agency)
    opinion = Opinion(agency, stance, _words(words), at, by or agency)
    return replace(one, opinions=(*others, opinion), earlier=(*one.earlier, *before))


def adjourn(one: Consultation, *, words: str, opinions_due_at: datetime, at: datetime) -> Consultation:
    """Put off: opinions are taken until a later deadline, also where the old one has passed."""
    at, due = _running(one, at), instant(opinions_due_at, "opinions_due_at")
    if one.state != "open":
        raise ConflictError("minutes_written", en="the minutes are written already", zh="会商纪要已形成")
    if due <= max(at, one.opinions_due_at):
        raise RequestError(
            "deadline_not_later",
            en="the new deadline is later than the present one",
            zh="新的截止时间须晚于原截止时间",
            field="opinions_due_at",
        )
    put_off = (*one.adjournments, Adjournment(_words(words), at, due))
    return replace(one, adjournments=put_off, opinions_due_at=due, overdue_at=None)


def silent(one: Consultation, at: datetime) -> tuple[str, ...]:
    """Who was invited and has not said anything although the time is over; nobody before the deadline."""
    if instant(at, "at") <= one.opinions_due_at:
        return ()
    said = {opinion.agency for opinion in one.opinions}
    return tuple(agency for agency in one.invited if agency not in said)


def missed(one: Consultation, at: datetime) -> bool:
    """Whether the deadline for opinions has passed without a quorum of them: then the matter goes one tier up."""
    return one.state == "open" and instant(at, "at") > one.opinions_due_at and not one.heard


def record_minutes(one: Consultation, *, words: str, attended: Sequence[str], at: datetime) -> Consultation:
    """With the minutes: once everybody has given an opinion or the time for that is over, and with a quorum there."""
    at = _running(one, at)
    there = tuple(dict.fromkeys(attended))
    strangers = [agency for agency in there if agency not in one.invited]
    if strangers:
        raise RequestError("not_invited", en="{agency} was not invited", zh="{agency} 未被邀请", agency=strangers[0], field="attended")
    if at <= one.opinions_due_at and len(one.opinions) < len(one.invited):
        raise ConflictError("opinions_open", en="opinions are still awaited", zh="意见反馈尚未截止")
    if len(there) < one.quorum:
        raise ConflictError(
            "no_quorum",
            en="{there} attended, {quorum} are needed",
            zh="到会 {there} 家，须 {quorum} 家",
            there=len(there),
            quorum=one.quorum,
        )
    return replace(one, state="minuted", minutes=Minutes(_words(words), there, at))


def rule(
    one: Consultation,
    *,
    lead: str,
    words: str,
    by: str,
    role: str,
    at: datetime,
    cohandlers: Sequence[str] = (),
    precedent: bool = False,
    tiers: Mapping[int, Tier] = TIERS,
) -> Consultation:
    """With the ruling, which is final. In the first tier the lead itself rules; nobody else for an agency."""
    at = _running(one, at)
    if role not in tiers[one.tier].rulers or (role == "agency" and by != one.lead):
        raise DeniedError("may_not_rule", en="this tier is ruled by others", zh="该级会商由其他角色裁定", role=role)
    if one.minutes is None:
        raise ConflictError("no_minutes", en="there is no ruling without minutes", zh="没有会商纪要不能裁定")
    if lead in cohandlers or len(set(cohandlers)) != len(cohandlers):
        raise RequestError(
            "owner_among_cohandlers", en="the lead is not a co-handler as well", zh="主办单位不能同时为协办单位", field="cohandlers"
        )
    ruling = Ruling(lead, tuple(cohandlers), _words(words), by, at, precedent)
    return replace(one, state="ruled", ruling=ruling, ended_at=at)


def lift(one: Consultation, *, reason: str, at: datetime) -> Consultation:
    """Handed to the next tier: after the deadline for opinions or after minutes that led to nothing."""
    at = _running(one, at)
    if one.tier == max(TIERS):
        raise ConflictError("highest_tier", en="there is no tier above the third", zh="已是最高一级会商")
    if one.minutes is None and at <= one.opinions_due_at:
        raise ConflictError("opinions_open", en="opinions are still awaited", zh="意见反馈尚未截止")
    return replace(one, state="lifted", reason=_words(reason), ended_at=at)


def settle(one: Consultation, *, reason: str, at: datetime) -> Consultation:
    """Ended because the agencies agreed: recorded, so that going down again leaves a trace."""
    return replace(one, state="settled", reason=_words(reason), ended_at=_running(one, at))


def _running(one: Consultation, at: datetime) -> datetime:
    at = instant(at, "at")
    if one.state not in RUNNING:
        raise ConflictError("consultation_ended", en="this consultation has ended", zh="会商已结束")
    last = max((said.at for said in one.opinions), default=one.convened_at)
    if at < max(one.convened_at, last) or (one.minutes is not None and at < one.minutes.at):
        raise ConflictError("clock_set_back", en="the clock was set back", zh="时钟被回拨")
    return at


def _awaiting(one: Consultation, at: datetime) -> datetime:
    """The instant, while opinions are taken."""
    at = _running(one, at)
    if one.state != "open" or at > one.opinions_due_at:
        raise ConflictError(
            "opinions_closed",
            en="opinions were taken until {due}",
            zh="意见反馈已于 {due} 截止",
            due=one.opinions_due_at.isoformat(timespec="minutes"),
        )
    return at


def _words(text: str) -> str:
    if not text.strip():
        raise RequestError("blank", en="words are needed", zh="内容不能为空", field="words")
    return text.strip()
