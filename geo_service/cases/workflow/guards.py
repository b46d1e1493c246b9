"""What must hold before an event may happen: pure conditions, each with a code and a reason in both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from geo_service.cases.workflow.payloads import Extend
from geo_service.cases.workflow.state import CaseState


@dataclass(frozen=True, slots=True)
class Policy:
    """The city's own numbers. returns_before_ruling: after so many returns the centre rules. reopen_days: since the case ended.

    skew: how far the clocks of two machines may differ: an event that much before the last one counts as of that instant.
    """

    returns_before_ruling: int = 2
    extensions: int = 2
    reopen_days: int = 30
    skew: timedelta = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Ask:
    """An event that somebody wants to happen. payload: the record of `payloads`, or None while only looking what may be done."""

    state: CaseState
    payload: Any
    role: str
    actor: str
    now: datetime
    policy: Policy


Needs = Literal["case", "actor", "payload"]
"""What a guard looks at besides the case: nothing, who acts, or what comes along."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition. `code` names the refusal; the texts may use {owner}, {limit} and what else `fill` gives."""

    code: str
    needs: Needs
    holds: Callable[[Ask], bool]
    en: str
    zh: str


def _first_deadline(ask: Ask) -> bool:
    if ask.state.dispatched_at is not None:
        return True
    return ask.payload.due_at is not None and ask.payload.due_at > ask.now


def _clock_kept(ask: Ask) -> bool:
    if ask.state.dispatched_at is None:
        return True
    same_limit = ask.payload.limit is None or ask.payload.limit == ask.state.limit
    return same_limit and ask.payload.due_at in (None, ask.state.due_at)


def _extension_is_later(ask: Ask) -> bool:
    asked = ask.state.request("extension")
    due = ask.payload.due_at or (asked.due_at if asked else None)
    return due is not None and due > ask.now and (ask.state.due_at is None or due > ask.state.due_at)


def _asked_later(ask: Ask) -> bool:
    due: datetime = ask.payload.due_at
    return due > ask.now and (ask.state.due_at is None or due > ask.state.due_at)


def _resumed_deadline(ask: Ask) -> bool:
    if ask.state.due_at is None:
        return True
    return ask.payload.due_at is not None and ask.payload.due_at >= ask.state.due_at


def _marks_in_order(ask: Ask) -> bool:
    warn, due = ask.payload.warn_at, ask.payload.due_at
    if due is None and isinstance(ask.payload, Extend) and (asked := ask.state.request("extension")) is not None:
        due = asked.due_at
    due = due or ask.state.due_at
    return warn is None or (due is not None and warn <= due)


def _within_days(ask: Ask) -> bool:
    ended = ask.state.closed_at
    return ended is not None and ask.now - ended <= timedelta(days=ask.policy.reopen_days)


def _not_requester(what: str) -> Callable[[Ask], bool]:
    return lambda ask: (asked := ask.state.request(what)) is None or asked.by != ask.actor


def _is_owner(ask: Ask) -> bool:
    return ask.role == "operator" or ask.actor == ask.state.owner


def _is_cohandler(ask: Ask) -> bool:
    part = ask.payload.part or ask.actor
    return part in ask.state.cohandlers and part not in ask.state.parts_done and (ask.role == "operator" or part == ask.actor)


def _asks(what: str) -> Callable[[Ask], bool]:
    return lambda ask: ask.state.request(what) is not None


def _asks_not(what: str) -> Callable[[Ask], bool]:
    return lambda ask: ask.state.request(what) is None


GUARDS: dict[str, Guard] = {
    guard.code: guard
    for guard in (
        Guard(
            "category_needed",
            "payload",
            lambda ask: bool(getattr(ask.payload, "category", None) or ask.state.category),
            "a case is filed with a category",
            "立案前须确定类别",
        ),
        Guard(
            "grid_needed",
            "payload",
            lambda ask: bool(getattr(ask.payload, "area_code", None) or ask.state.area_code),
            "a case is filed with the grid it lies in",
            "立案前须确定所在网格",
        ),
        Guard(
            "verification_open",
            "case",
            lambda ask: ask.state.state != "verifying" or ask.state.on_site is not None,
            "the result from the site is not in yet",
            "现场核实结果尚未反馈",
        ),
        Guard(
            "not_found_on_site",
            "case",
            lambda ask: ask.state.on_site is not False,
            "nothing was found on site: correct the verification or do not accept the case",
            "现场未发现问题：请更正核实结果或不予受理",
        ),
        Guard(
            "merge_into_itself",
            "payload",
            lambda ask: ask.payload.into != ask.state.case_id,
            "a case cannot be merged into itself",
            "案件不能并入自身",
        ),
        Guard(
            "not_personal",
            "case",
            lambda ask: ask.state.affair == "personal",
            "only a personal affair is closed with advice",
            "仅个事可以指导后办结",
        ),
        Guard(
            "not_community", "case", lambda ask: ask.state.affair == "community", "only a community affair is deliberated", "仅社事进入协商"
        ),
        Guard(
            "not_evaluable",
            "actor",
            lambda ask: ask.actor not in ask.state.handlers,
            "who handled a case does not evaluate it",
            "处置人不得评价本案件",
        ),
        Guard(
            "ruling_needed",
            "case",
            lambda ask: not ask.state.awaiting_ruling,
            "the case was returned too often: the centre rules who has it",
            "退单次数已达上限，须由调度中心裁定责任单位",
        ),
        Guard(
            "no_ruling_called_for",
            "case",
            lambda ask: ask.state.awaiting_ruling or ask.state.consult_tier > 0,
            "a ruling follows repeated returns or a consultation",
            "只有多次退单或会商后才能裁定",
        ),
        Guard(
            "ruling_final",
            "case",
            lambda ask: not ask.state.ruled,
            "the ruling on who has this case is final",
            "责任裁定为最终决定，不得再退单",
        ),
        Guard(
            "ruling_stands",
            "case",
            lambda ask: not ask.state.ruled or ask.state.consult_tier > ask.state.ruled_tier,
            "the ruling stands: only a higher tier of consultation may rule again",
            "已有裁定：须经更高一级会商方可重新裁定",
        ),
        Guard(
            "due_needed",
            "payload",
            _first_deadline,
            "a case is dispatched with a deadline that is still ahead",
            "派遣时须有尚未到期的截止时间",
        ),
        Guard(
            "clock_never_resets",
            "payload",
            _clock_kept,
            "the clock runs from the first dispatch: another dispatch does not change the limit",
            "时限自首次派遣起算，再次派遣不重新计时",
        ),
        Guard("marks_out_of_order", "payload", _marks_in_order, "the warning comes before the deadline", "预警时间应早于截止时间"),
        Guard(
            "owner_among_cohandlers",
            "payload",
            lambda ask: (
                getattr(ask.payload, "owner", None) not in ask.payload.cohandlers
                and (hasattr(ask.payload, "owner") or ask.state.owner not in ask.payload.cohandlers)
            ),
            "the lead is not a co-handler as well",
            "主办单位不能同时为协办单位",
        ),
        Guard("not_the_owner", "actor", _is_owner, "this is for {owner}, who has the case", "该操作应由责任单位 {owner} 进行"),
        Guard(
            "proposes_itself",
            "payload",
            lambda ask: ask.payload.proposed_owner != ask.state.owner,
            "whoever returns a case proposes somebody else",
            "退单时须建议其他责任单位",
        ),
        Guard(
            "not_a_cohandler",
            "payload",
            _is_cohandler,
            "this is for a co-handler whose part is still open",
            "该操作应由尚未完成的协办单位进行",
        ),
        Guard(
            "parts_open",
            "case",
            lambda ask: set(ask.state.cohandlers) <= set(ask.state.parts_done),
            "co-handlers have not finished their parts",
            "协办单位尚未全部完成",
        ),
        Guard(
            "verifier_is_handler",
            "actor",
            lambda ask: ask.actor not in (*ask.state.handlers, ask.state.owner, *ask.state.cohandlers),
            "whoever handled a case does not verify it",
            "核查人不得是本案件的处置人",
        ),
        Guard(
            "not_dispatched",
            "case",
            lambda ask: ask.state.ending != "self_resolved",
            "nobody was sent to it, it was dealt with on the spot: check it there",
            "案件由现场人员自行处置、未经派遣，请现场核查",
        ),
        Guard("not_checked", "case", lambda ask: ask.state.checked_by is not None, "the work was not found done yet", "尚未核查通过"),
        Guard("too_late_to_reopen", "case", _within_days, "a case may be reopened for {days} days", "结案超过 {days} 天，不能重新打开"),
        Guard(
            "reopen_due_passed",
            "payload",
            lambda ask: ask.payload.due_at is None or ask.payload.due_at > ask.now,
            "the new deadline has passed already",
            "新的截止时间已过",
        ),
        Guard(
            "reopen_due_needed",
            "payload",
            lambda ask: ask.payload.due_at is not None and ask.payload.due_at > ask.now,
            "a case goes back to its owner with a deadline that is still ahead",
            "重新打开时须有尚未到期的截止时间",
        ),
        Guard("extension_asked_already", "case", _asks_not("extension"), "an extension waits for approval already", "已有待审批的延期申请"),
        Guard(
            "no_more_extensions",
            "case",
            lambda ask: ask.state.extensions < ask.policy.extensions,
            "a case is extended {extensions} times at most",
            "延期最多 {extensions} 次",
        ),
        Guard(
            "extension_not_later", "payload", _asked_later, "an extension ends after the present deadline", "延期后的时间须晚于当前截止时间"
        ),
        Guard(
            "granted_not_later",
            "payload",
            _extension_is_later,
            "an extension ends after the present deadline",
            "延期后的时间须晚于当前截止时间",
        ),
        Guard("no_extension_asked", "case", _asks("extension"), "nobody asked for an extension", "没有待审批的延期申请"),
        Guard(
            "suspension_asked_already", "case", _asks_not("suspension"), "a suspension waits for approval already", "已有待审批的挂账申请"
        ),
        Guard("no_suspension_asked", "case", _asks("suspension"), "nobody asked for a suspension", "没有待审批的挂账申请"),
        Guard("void_asked_already", "case", _asks_not("void"), "voiding waits for approval already", "已有待审批的作废申请"),
        Guard("no_void_asked", "case", _asks("void"), "nobody asked to void the case", "没有待审批的作废申请"),
        Guard(
            "approves_own_extension", "actor", _not_requester("extension"), "nobody approves what they asked for", "不得审批本人提出的申请"
        ),
        Guard(
            "approves_own_suspension",
            "actor",
            _not_requester("suspension"),
            "nobody approves what they asked for",
            "不得审批本人提出的申请",
        ),
        Guard("approves_own_void", "actor", _not_requester("void"), "nobody approves what they asked for", "不得审批本人提出的申请"),
        Guard(
            "resumed_due_needed",
            "payload",
            _resumed_deadline,
            "a case runs on with the deadline moved by the pause",
            "恢复时须给出顺延后的截止时间",
        ),
        Guard(
            "nothing_to_reply_to",
            "case",
            lambda ask: ask.state.supervisions_open > 0,
            "no opinion waits for a reply",
            "没有待回复的督办意见",
        ),
        Guard(
            "tier_out_of_order",
            "payload",
            lambda ask: ask.payload.tier == ask.state.consult_tier + 1,
            "consultation goes up tier by tier",
            "会商须逐级提升",
        ),
        Guard(
            "hands_over_to_same",
            "payload",
            lambda ask: ask.payload.owner != ask.state.owner,
            "the successor has the case already",
            "接手人已是责任单位",
        ),
        Guard(
            "successor_is_cohandler",
            "payload",
            lambda ask: ask.payload.owner not in ask.state.cohandlers,
            "the lead is not a co-handler as well",
            "主办单位不能同时为协办单位",
        ),
    )
}


def fill(ask: Ask) -> dict[str, Any]:
    """What the texts may name."""
    return {"owner": ask.state.owner or "—", "days": ask.policy.reopen_days, "extensions": ask.policy.extensions}
