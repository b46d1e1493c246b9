"""What the rules add to an event before it is decided: the lead, the limit and its deadlines, the version of the rules, the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from geo_service.cases.clocks import CLOCK_TYPES, Limit, closed_pauses, due_at, mark_at
from geo_service.cases.model import Case
from geo_service.cases.repository import case as case_of
from geo_service.cases.workflow import CaseState, instant_or_none, names_owner
from geo_service.cases.workflow.payloads import LARGEST_ID
from geo_service.catalogue.limits import knows_condition
from geo_service.catalogue.rulebook import Rulebook
from geo_service.catalogue.words import parents_of
from geo_service.errors import ConflictError, NotFoundError, RequestError, ServiceError
from geo_service.flows.dispatch.rules import calendar_in_force, matrix_in_force, rulebook_in_force, rulebook_of, usable_rule, usable_version
from geo_service.published import Published
from geo_service.responsibility import Decision, resolve
from geo_service.workers import responsible_for
from geo_service.workers.repository import nearest_post, owner_exists

YELLOW = 0.8
LONGEST = Limit(15, "work_day")
"""The limit where the tables name none: what a hotline gives the hardest case."""


@dataclass(frozen=True)
class Asking:
    """An event that somebody wants to happen to a case that is held."""

    connection: Connection
    published: Published
    case: Case
    state: CaseState
    event: str
    said: dict[str, Any]
    now: datetime

    @property
    def timezone(self) -> str:
        return self.published.city.timezone

    @property
    def areas(self) -> list[tuple[str, str]]:
        return self.published.finest_first(self.case.routing.areas)


@dataclass(frozen=True)
class Prepared:
    """payload: what was said, and what the rules add. beside: facts for the log that are no part of what was said."""

    payload: dict[str, Any]
    beside: dict[str, Any] = field(default_factory=dict)


def prepare(asking: Asking) -> Prepared:
    """The event as the rules complete it. What is missing or malformed is left to the workflow; what does not exist is refused here."""
    _check_names(asking)
    match asking.event:
        case "file" | "recategorise" | "self_resolve":
            return _classified(asking)
        case "dispatch" | "rule":
            return _sent(asking)
        case "approve_extension":
            return _extended(asking)
        case "resume":
            return _resumed(asking)
        case "reopen":
            return _reopened(asking)
        case "correct_routing":
            return _rerouted(asking)
    return Prepared(asking.said)


def _check_names(asking: Asking) -> None:
    """RequestError for an agency, post, category, area or case that does not exist."""
    said, connection = asking.said, asking.connection
    for name in ("owner", "proposed_owner", "part"):
        if isinstance(said.get(name), str):
            _owner_known(connection, said[name], name)
    for one in said["cohandlers"] if isinstance(said.get("cohandlers"), list) else ():
        if isinstance(one, str):
            _owner_known(connection, one, "cohandlers")
    if isinstance(said.get("area_code"), str) and said["area_code"] not in asking.published.by_code:
        raise RequestError(
            "unknown_area", en="there is no area {said}", zh="没有代码为 {said} 的区域", said=said["area_code"][:40], field="area_code"
        )
    into = merged_into(asking.event, said)
    if into is not None and into != asking.case.case_id:
        _check_merge(connection, into)


def merged_into(event: str, said: dict[str, Any]) -> int | None:
    """The id of the case that a merge names, if it can be one."""
    into = said.get("into") if event == "merge" else None
    return into if type(into) is int and 0 < into <= LARGEST_ID else None


def _owner_known(connection: Connection, owner: str, name: str) -> None:
    if names_owner(owner) and not owner_exists(connection, owner):  # anything else is malformed, which the workflow says
        raise RequestError("unknown_owner", en="there is no {owner}", zh="没有责任单位或岗位 {owner}", owner=owner[:80], field=name)


def unknown_case(into: int) -> RequestError:
    """The refusal of a case to merge into that there is none of."""
    return RequestError("unknown_case", en="there is no case {into}", zh="没有案件 {into}", into=into, field="into")


def _check_merge(connection: Connection, into: int) -> None:
    try:
        other = case_of(connection, into)
    except NotFoundError as missing:
        raise unknown_case(into) from missing
    if other.state in ("merged", "void", "not_accepted"):
        raise ConflictError("merged_into_ended", en="case {into} has ended itself", zh="案件 {into} 本身已终止", into=into)


def _classified(asking: Asking) -> Prepared:
    """Category, affair and the version of the rules."""
    said = dict(asking.said)
    rulebook = rulebook_in_force(asking.connection, at=asking.now)
    key = said.get("category") or asking.state.category
    if isinstance(key, str) and key:
        rulebook.category(key)
        _condition_known(rulebook, key, said.get("condition"))
        if asking.event != "self_resolve" and said.get("affair") is None and (asking.state.affair is None or said.get("category")):
            said["affair"] = rulebook.affair(key)
    if asking.event == "file" and (said.get("rules_version") is None or type(said["rules_version"]) is int):
        said["rules_version"] = usable_version(asking.connection, rulebook, said.get("rules_version"), at=asking.now)
        beside = _rerouted(asking).beside if said.get("area_code") else {}
        return Prepared(said, {**beside, **_dispatch_due(asking, rulebook, said)})
    return Prepared(said)


def _condition_known(rulebook: Rulebook, key: str, named: Any) -> None:
    """RequestError for a filing condition that the rules in force do not name for the category, with those they do."""
    if not isinstance(named, str) or not named or knows_condition(rulebook.conditions, key, named):
        return
    known = {row.condition: row for row in rulebook.conditions if row.category in parents_of(key)}
    raise RequestError(
        "unknown_condition",
        en="version {version} of the rules has no condition {condition} for {key}: {known}",
        zh="规则第 {version} 版中类别 {key} 没有立案条件 {condition}；可选：{known_zh}",
        version=rulebook.version,
        condition=named[:60],
        key=key,
        known=", ".join(known) or "none",
        known_zh="、".join(f"{code}（{row.zh}）" for code, row in known.items()) or "无",
        field="condition",
    )


def _dispatch_due(asking: Asking, rulebook: Rulebook, said: dict[str, Any]) -> dict[str, Any]:
    """Until when the case should be dispatched: the stage's limit of the rules it is filed under."""
    key, condition = said.get("category") or asking.state.category, said.get("condition") or asking.state.condition
    if not isinstance(key, str):
        return {}
    where = area_class(asking.published, asking.case)
    row = rulebook.limit(key, condition=condition if isinstance(condition, str) else None, area_class=where, stage="dispatch")
    if row is None or row.clock not in CLOCK_TYPES:
        return {}
    limit = Limit(row.amount, row.clock)  # type: ignore[arg-type]  # one of CLOCK_TYPES, asked for just above
    return {"dispatch_due_at": due_at(asking.now, limit, calendar_in_force(asking.connection, at=asking.now), asking.timezone).isoformat()}


def _sent(asking: Asking) -> Prepared:
    """The lead by the matrix, and with the first dispatch the limit with its deadlines."""
    said = dict(asking.said)
    beside: dict[str, Any] = {}
    category = asking.state.category
    if category is not None:
        matrix = matrix_in_force(asking.connection, at=asking.now)
        today = asking.now.astimezone(ZoneInfo(asking.timezone)).date()
        if isinstance(said.get("rule"), str):
            usable_rule(asking.connection, matrix, said["rule"], on=today, at=asking.now)
        decision = resolve(matrix.rules, category, [code for _, code in asking.areas], today)
        lead, helpers = _named(asking, decision)
        if said.get("owner") is None and asking.event == "dispatch":
            if lead is None:
                raise ConflictError("no_lead", en="{said_en}", zh="{said_zh}", said_en=decision.en, said_zh=decision.zh)
            said["owner"] = lead
            said.setdefault("cohandlers", [one for one in helpers if one != lead])
        followed = said.get("owner") == lead
        beside["decision"] = _record(decision, matrix.version, category, asking.areas, today.isoformat(), lead, followed=followed)
        if followed and decision.rule is not None:
            said.setdefault("rule", decision.rule.rule_id[:80])
    if asking.state.dispatched_at is None:
        said = _timed(asking, said)
        beside |= _beyond_calendar(asking, said)
    return Prepared(said, beside)


def _named(asking: Asking, decision: Decision) -> tuple[str | None, list[str]]:
    """The lead and the co-handlers as agencies and posts: a rule may name a role, which the nearest post of the place fills."""
    if decision.lead is None:
        return None, []
    lead = _filled(asking, decision.lead)
    helpers = dict.fromkeys(one for one in (_filled(asking, name) for name in decision.cohandlers) if one is not None and one != lead)
    return lead, list(helpers)


def _filled(asking: Asking, named: str) -> str | None:
    kind, _, name = named.partition(":")
    if kind == "agency":
        return named if owner_exists(asking.connection, named) else None
    post_id = nearest_post(asking.connection, name, areas=asking.areas)
    if post_id is None and asking.areas:
        answers = responsible_for(asking.connection, areas=asking.areas, at=asking.now)
        post_id = answers.post_id if answers else None
    return None if post_id is None else f"post:{post_id}"


def _record(
    decision: Decision, version: int, category: str, areas: Sequence[tuple[str, str]], on: str, lead: str | None, *, followed: bool
) -> dict[str, Any]:
    """Why here, as values that stay."""
    return {
        "verdict": decision.verdict,
        "rule": decision.rule.rule_id if decision.rule else None,
        "matrix_version": version,
        "inputs": {"category": category, "areas": dict(areas), "on": on},
        "lead": lead,
        "followed": followed,
        "alternatives": [{"rule": one.rule_id, "lead": one.lead} for one in decision.alternatives[:5]],
        "en": decision.en if followed else f"the operator chose; the matrix says: {decision.en}",
        "zh": decision.zh if followed else f"由调度员指定；矩阵规则为：{decision.zh}",
    }


def _timed(asking: Asking, said: dict[str, Any]) -> dict[str, Any]:
    """Limit, deadline and warning of the handling clock, which starts now."""
    limit = _limit_of(asking, said.get("limit"))
    if limit is None or said.get("due_at") is not None:
        return said
    calendar = calendar_in_force(asking.connection, at=asking.now)
    due, warn = due_at(asking.now, limit, calendar, asking.timezone), mark_at(asking.now, limit, YELLOW, calendar, asking.timezone)
    return {**said, "limit": {"amount": limit.amount, "clock": limit.clock}, "due_at": due.isoformat(), "warn_at": warn.isoformat()}


def _beyond_calendar(asking: Asking, said: dict[str, Any]) -> dict[str, Any]:
    """The flag of a deadline that lies behind the table of holidays: plain weeks had to be assumed, and whoever looks must see that."""
    due, calendar = instant_or_none(said.get("due_at")), calendar_in_force(asking.connection, at=asking.now)
    limit = said.get("limit") or ({"clock": asking.state.limit.clock} if asking.state.limit else {})
    works = isinstance(limit, dict) and limit.get("clock") in ("work_hour", "work_day", None)
    if due is None or not works or calendar.covers(asking.now, due, asking.timezone):
        return {}
    return {"beyond_calendar": calendar.last.isoformat()}


def _limit_of(asking: Asking, said: Any) -> Limit | None:
    """The limit that was named, else the catalogue's; None for one that cannot be, which the workflow refuses."""
    if said is not None:
        try:
            return Limit(said["amount"], said["clock"])
        except (ServiceError, TypeError, KeyError):
            return None
    if asking.state.category is None:
        return LONGEST
    # the rules the case was filed under, whatever came since
    rulebook = rulebook_of(asking.connection, asking.state.rules_version, at=asking.now)
    return limit_of(rulebook, asking.state.category, condition=asking.state.condition, area_class=area_class(asking.published, asking.case))


def limit_of(rulebook: Rulebook, category: str, *, condition: str | None, area_class: str) -> Limit:
    """How long the handling of such a case may take."""
    row = rulebook.limit(category, condition=condition, area_class=area_class)
    if row is None or row.clock not in CLOCK_TYPES:
        return LONGEST
    return Limit(row.amount, row.clock)  # type: ignore[arg-type]  # one of CLOCK_TYPES, asked for just above


def area_class(published: Published, case: Case) -> str:
    """The class of area that limits ask for: village, town, core."""
    kinds = {published.by_code[code].kind for code in case.routing.areas.values() if code in published.by_code}
    if "village" in kinds:
        return "village"
    return "town" if kinds & {"town", "township"} else "core"


def _extended(asking: Asking) -> Prepared:
    """A warning for the new deadline, at four fifths of the time from now."""
    said = dict(asking.said)
    asked = asking.state.request("extension")
    due = instant_or_none(said.get("due_at")) or (asked.due_at if asked else None)
    if due is not None and due > asking.now and said.get("warn_at") is None:
        said["warn_at"] = (asking.now + (due - asking.now) * YELLOW).isoformat()
    return Prepared(said)


def _resumed(asking: Asking) -> Prepared:
    """The deadline moved by the time that was paused."""
    said, state = dict(asking.said), asking.state
    if said.get("due_at") is not None or state.due_at is None or not state.paused:
        return Prepared(said)
    if state.limit is not None and state.dispatched_at is not None and not state.extensions and not state.reopenings:
        calendar, pauses = calendar_in_force(asking.connection, at=asking.now), closed_pauses(state.pauses, asking.now)
        due = due_at(state.dispatched_at, state.limit, calendar, asking.timezone, pauses=pauses)
        warn: datetime | None = mark_at(state.dispatched_at, state.limit, YELLOW, calendar, asking.timezone, pauses=pauses)
    else:
        moved = asking.now - state.pauses[-1].from_at
        due, warn = state.due_at + moved, None if state.warn_at is None else state.warn_at + moved
    due = max(due, state.due_at)
    said |= {"due_at": due.isoformat(), **({"warn_at": min(warn, due).isoformat()} if warn else {})}
    return Prepared(said, _beyond_calendar(asking, said))


def _reopened(asking: Asking) -> Prepared:
    """The deadline of the new round: the case's own limit once more."""
    said = dict(asking.said)
    if asking.state.owner is None or said.get("due_at") is not None:
        return Prepared(said)
    limit, calendar = asking.state.limit or _limit_of(asking, None) or LONGEST, calendar_in_force(asking.connection, at=asking.now)
    said["due_at"] = due_at(asking.now, limit, calendar, asking.timezone).isoformat()
    said["warn_at"] = mark_at(asking.now, limit, YELLOW, calendar, asking.timezone).isoformat()
    return Prepared(said, _beyond_calendar(asking, said))


def _rerouted(asking: Asking) -> Prepared:
    """Where the case belongs from now on, and who answers there."""
    area = asking.published.by_code.get(str(asking.said.get("area_code")))
    if area is None:
        return Prepared(asking.said)
    chain = asking.published.chain(area)
    who = responsible_for(asking.connection, areas=[(a.level, a.code) for a in chain], at=asking.now)
    routing = {
        "generation": asking.published.number,
        "area_code": area.code,
        "area_level": area.level,
        "areas": {a.level: a.code for a in chain},
        "post_id": who.post_id if who else None,
        "person_id": who.person_id if who else None,
        "agency": who.agency if who else None,
    }
    return Prepared({**asking.said, "area_level": area.level}, {"routing": routing, "queue": None})
