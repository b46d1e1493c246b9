"""Whether rules that somebody names in an action may be named: those in force may; superseded and planned ones are refused as such."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from geo_service.cases.rule_versions import Book, books, rows_of
from geo_service.catalogue.rulebook import Rulebook
from geo_service.errors import RequestError
from geo_service.responsibility import Rule
from geo_service.rulebooks.in_force import Matrix


def usable_version(connection: Connection, rulebook: Rulebook, wanted: int | None, *, at: datetime) -> int:
    """The version of the rules a case is judged by at an instant, which is that of the rulebook in force.

    RequestError for another one: `superseded_rules`, `rules_not_yet_in_force`, `rules_withdrawn`, `unknown_rules_version`.
    """
    if wanted is None or wanted == rulebook.version:
        return rulebook.version
    found = next((one for one in books(connection, "catalogue") if one.version == wanted), None)
    if found is None:
        code, why, why_zh = "unknown_rules_version", "was never made", "不存在"
    elif found.withdrawn_at is not None:
        code, why, why_zh = "rules_withdrawn", "was withdrawn", "已撤回"
    elif found.planned(at):
        start = found.effective_from.isoformat()
        code, why, why_zh = "rules_not_yet_in_force", f"comes into force at {start}", f"将于 {start} 生效"
    else:
        code, why, why_zh = "superseded_rules", "was superseded", "已被取代"
    raise RequestError(
        code,
        en="version {wanted} of the rules {why}: version {version} is in force",
        zh="规则第 {wanted} 版{why_zh}，现行第 {version} 版",
        wanted=wanted,
        why=why,
        why_zh=why_zh,
        version=rulebook.version,
        field="rules_version",
    )


def usable_rule(connection: Connection, matrix: Matrix, rule_id: str, *, on: date, at: datetime) -> Rule:
    """The rule of the matrix in force that somebody names as the reason.

    RequestError for one that may not be named: `expired_rule`, `rule_not_yet_valid` (by its own days); `superseded_rule`,
    `rule_not_yet_in_force` (it stands in an earlier, or a planned version of the matrix); `unknown_rule`.
    """
    rule = next((one for one in matrix.rules if one.rule_id == rule_id), None)
    if rule is None:
        raise _not_in_force(connection, matrix, rule_id, at)
    if rule.holds_on(on):
        return rule
    early = rule.from_on is not None and on < rule.from_on
    raise RequestError(
        "rule_not_yet_valid" if early else "expired_rule",
        en="rule {rule} does not hold on {on} (from {first} to {last})",
        zh="规则 {rule} 在 {on} 不适用（有效期 {first} 至 {last}）",
        rule=rule_id[:80],
        on=on,
        first=rule.from_on or "–",
        last=rule.until_on or "–",
        field="rule",
    )


def _not_in_force(connection: Connection, matrix: Matrix, rule_id: str, at: datetime) -> RequestError:
    holding = [one for one in books(connection, "matrix") if one.withdrawn_at is None and _holds(connection, one, rule_id)]
    if any(one.planned(at) for one in holding):
        code, why, why_zh = "rule_not_yet_in_force", "is not in force yet", "尚未生效"
    elif holding:
        code, why, why_zh = "superseded_rule", "was superseded", "已被取代"
    else:
        code, why, why_zh = "unknown_rule", "is unknown", "不存在"
    return RequestError(
        code,
        en="rule {rule} {why}: it is not in version {version} of the matrix",
        zh="规则 {rule} {why_zh}：责任矩阵第 {version} 版中没有它",
        rule=rule_id[:80],
        why=why,
        why_zh=why_zh,
        version=matrix.version,
        field="rule",
    )


def _holds(connection: Connection, found: Book, rule_id: str) -> bool:
    return any(row["rule_id"] == rule_id for row in rows_of(connection, found))
