"""The story of a precedent that becomes a rule of the matrix, without HTTP: shown with its proof, accepted, or declined with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from geo_service import event_log
from geo_service.accounts import Actor
from geo_service.cases.consultation.payloads import PROPOSAL_VERBS
from geo_service.cases.consulting import proposals
from geo_service.cases.consulting.proposals import Proposal
from geo_service.cases.rule_versions import book_in_force, hold, put_book
from geo_service.errors import ConflictError, RequestError
from geo_service.event_log import NewEvent
from geo_service.flows.consultation.reading import read_said, require_version
from geo_service.published import Published
from geo_service.responsibility import Finding, Proof, Rule, prove
from geo_service.responsibility.rows import rule_row
from geo_service.rulebooks import matrix_in_force, rulebook_in_force
from geo_service.rulebooks.places import places_of

SHOWN = 50


def rule_of(found: Proposal) -> Rule:
    """The line of the matrix that is proposed."""
    return Rule(found.rule_id, found.category, found.area, found.lead, found.cohandlers, priority=found.priority, source=found.source)


def effect(connection: Connection, published: Published, found: Proposal, *, now: datetime) -> dict[str, Any]:
    """What the matrix would be like with the rule: the proof before and after, and the double claims the rule would make."""
    new, matrix = rule_of(found), matrix_in_force(connection, at=now)
    places, categories = places_of(published), rulebook_in_force(connection, at=now).categories
    day = now.astimezone(ZoneInfo(published.city.timezone)).date()
    known = [one for one in matrix.rules if one.rule_id != new.rule_id]
    before = prove(known, categories, places, on=day)
    after = prove([*known, new], categories, places, on=day)
    claims = [one for one in after.double_claims if new.rule_id in one.rules]
    return {
        "matrix_version": matrix.version,
        "before": _summed(before),
        "after": _summed(after),
        "double_claims": [one.as_json() for one in claims[:SHOWN]],
        "filled": [one.as_json() for one in _filled(before.gaps, after.gaps)[:SHOWN]],
        "stranger": new.rule_id in after.strangers,
        "acceptable": not claims and after.double_pairs <= before.double_pairs and new.rule_id not in after.strangers,
    }


def _summed(proof: Proof) -> dict[str, Any]:
    return {
        "complete": proof.complete,
        "gap_pairs": proof.gap_pairs,
        "double_pairs": proof.double_pairs,
        "seconds": round(proof.seconds, 3),
    }


def _filled(before: Sequence[Finding], after: Sequence[Finding]) -> list[Finding]:
    left = set(after)
    return [one for one in before if one not in left]


def act(
    connection: Connection,
    published: Published,
    proposal_id: int,
    verb: str,
    said: dict[str, Any],
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
) -> Proposal:
    """The proposal after somebody decided on it; `accept` makes a version of the matrix. NotFoundError, StaleError, ConflictError,
    RequestError. ConflictError 'double_claim' with every claim, where another rule is as specific and names another lead."""
    asked = read_said(PROPOSAL_VERBS, verb, said)
    hold(connection)
    found = proposals.found(connection, proposal_id, held=True)
    require_version(found.version, expected_version, ("规则建议", "the proposal"))
    if found.state != "proposed":
        raise ConflictError("proposal_decided", en="this proposal was {state} already", zh="该规则建议已处理", state=found.state)
    if verb == "decline":
        facts: dict[str, Any] = {"state": "declined", "decided_at": now, "decided_by": actor.name, "reason": asked.reason}
        _tell(connection, "rule_declined", found, {"reason": asked.reason}, actor=actor, now=now)
        return proposals.decided(connection, found, **facts)
    changes = {name: value for name in ("priority", "category", "area") if (value := getattr(asked, name)) is not None}
    return _accept(connection, published, replace(found, **changes), asked.note, actor=actor, now=now)


def _accept(connection: Connection, published: Published, found: Proposal, note: str | None, *, actor: Actor, now: datetime) -> Proposal:
    new, shown = rule_of(found), effect(connection, published, found, now=now)
    _refuse(new, shown)
    matrix, present = matrix_in_force(connection, at=now), book_in_force(connection, "matrix", at=now)
    if any(one.rule_id == new.rule_id for one in matrix.rules):
        raise ConflictError("rule_exists", en="the matrix has a rule {rule} already", zh="矩阵中已有规则 {rule}", rule=new.rule_id)
    rows = [rule_row(one) for one in (*matrix.rules, new)]
    words = f"{found.source}{f'：{note}' if note else ''}"
    stored = put_book(connection, "matrix", rows, actor=actor.name, at=now, note=words, meta=present.meta)
    facts: dict[str, Any] = {"state": "accepted", "decided_at": now, "decided_by": actor.name, "reason": note}
    facts |= {"matrix_version": stored.version, "findings": shown}
    facts |= {"priority": found.priority, "category": found.category, "area": found.area}
    said = {"rules": "matrix", "book": "matrix", "from_version": present.version, "version": stored.version, "digest": stored.digest}
    _tell(connection, "rules_changed", found, {**said, "tables": {"matrix": {"added": 1}}, "source": words}, actor=actor, now=now)
    return proposals.decided(connection, found, **facts)


def _refuse(new: Rule, shown: dict[str, Any]) -> None:
    if shown["stranger"]:
        raise RequestError(
            "unknown_subtree",
            en="there is no category {category} or no area {place_code} in the city's rules",
            zh="没有类别 {category} 或区域 {place_code}",
            category=new.category,
            place_code=new.area,
            field="category",
        )
    if shown["acceptable"]:
        return
    claims = [
        ConflictError(
            "double_claim",
            en="{category} in {place_code}: {rules} name different leads",
            zh="{place_code} 内的 {category}：{rules} 指定的主办单位不同",
            category=one["category"],
            place_code=one["area"],
            rules=", ".join(one["rules"]),
            field="rule",
        )
        for one in shown["double_claims"]
    ]
    raise ConflictError(
        "double_claim",
        en="the rule would be claimed twice in {count} places: give it a priority, or a finer category or area",
        zh="采纳后有 {count} 处重复认领：请设置优先级，或缩小类别、区域",
        items=claims,
        count=len(claims),
    )


def _tell(connection: Connection, kind: str, found: Proposal, said: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    data = {"proposal_id": found.proposal_id, "consultation_id": found.consultation_id, "rule": found.rule_id, **said}
    event_log.append(connection, [NewEvent(kind, None, actor.name, now, data)])
