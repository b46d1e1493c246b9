"""Outcomes of imports and versions of rules, as the wire has them and in words."""

from __future__ import annotations

from typing import Any

from geo_service.cases.clocks import WorkCalendar
from geo_service.cases.rule_versions import Book
from geo_service.flows.rules.looking import Lines
from geo_service.flows.rules.schemas import (
    CalendarEndsOut,
    ChangedRow,
    ChangesOut,
    ImportOut,
    LinesOut,
    ProofsOut,
    RulesOut,
    TableOut,
)
from geo_service.flows.rules.service import Outcome
from geo_service.responsibility import Proof
from geo_service.rulebooks.differing import Difference
from geo_service.rulebooks.registry import KINDS

SHOWN = 200
SHOWN_FINDINGS = 50
CATALOGUE = ("分类与规则目录", "catalogue: category trees, affairs, conditions, limits, duty lists")


def title_of(name: str, language: str) -> str:
    """What the rules of a name are, in the caller's language."""
    chinese = language.startswith("zh")
    return KINDS[name].title(language) if name in KINDS else CATALOGUE[0 if chinese else 1]


def rules_out(name: str, found: Book | None, counts: dict[str, int], language: str) -> RulesOut:
    """A kind of rules and its version."""
    kind = KINDS.get(name)
    return RulesOut(
        name=name,
        title=title_of(name, language),
        book=kind.book if kind else name,
        version=found.version if found else None,
        digest=found.digest if found else None,
        created_at=found.created_at if found else None,
        effective_from=found.effective_from if found else None,
        withdrawn_at=found.withdrawn_at if found else None,
        actor=found.actor if found else None,
        note=found.note if found else None,
        lines=counts,
    )


def ends_out(calendar: WorkCalendar, *, at: Any, timezone: str, language: str) -> CalendarEndsOut:
    """Until when the table of holidays is known."""
    ends = calendar.ends(at, timezone, warn_days=10**6)
    warning = calendar.ends(at, timezone)
    assert ends is not None  # so many days before its end it always tells
    return CalendarEndsOut(last_day=ends.last_day, days_left=ends.days_left, warning=warning.text(language) if warning else None)


def lines_out(found: Lines, calendar: CalendarEndsOut | None) -> LinesOut:
    """The lines of a version."""
    tables = [TableOut(name=kind.name, columns=list(kind.columns), key=list(kind.key), rows=found.rows[kind.name]) for kind in found.kinds]
    book = found.book
    return LinesOut(
        name=found.name,
        book=book.kind,
        version=book.version,
        digest=book.digest,
        created_at=book.created_at,
        effective_from=book.effective_from,
        actor=book.actor,
        note=book.note,
        tables=tables,
        calendar=calendar,
    )


def import_out(done: Outcome, language: str) -> ImportOut:
    """What an import did or would do."""
    zh, en = in_words(done)
    chinese = language.startswith("zh")
    return ImportOut(
        name=done.name,
        base_version=done.base.version if done.base else None,
        version=done.now.version,
        digest=done.now.digest,
        changed=done.changed,
        committed=done.committed,
        said=zh if chinese else en,
        changes=[_changes(one) for one in done.changes],
        open_cases=done.open_cases,
        proof=_proofs(*done.proofs) if done.proofs else None,
        warnings=[w_zh if chinese else w_en for w_zh, w_en in done.warnings],
    )


def in_words(done: Outcome) -> tuple[str, str]:
    """(zh, en): the outcome in a sentence."""
    if not done.changed:
        return f"没有变化，仍为第 {done.now.version} 版", f"nothing changed: still version {done.now.version}"
    counts = {word: sum(one.counts()[word] for one in done.changes) for word in ("added", "changed", "removed")}
    zh = "新增 {added} 行，修改 {changed} 行，删除 {removed} 行".format(**counts)
    en = "{added} added, {changed} changed, {removed} removed".format(**counts)
    zh, en = f"{zh}；涉及未结案件 {done.open_cases} 件（已定时限不变）", f"{en}; {done.open_cases} open cases (they keep their deadlines)"
    if done.committed:
        number, start = done.now.version, done.now.effective_from
        if done.now.planned(done.now.created_at):
            return f"第 {number} 版将于 {start.isoformat()} 生效：{zh}", f"version {number} will hold from {start.isoformat()}: {en}"
        return f"已生效为第 {number} 版：{zh}", f"in force as version {number}: {en}"
    return f"试运行，未保存：{zh}", f"a dry run, nothing was saved: {en}"


def _changes(one: Difference) -> ChangesOut:
    pairs = [
        ChangedRow(columns=[name for name in after if before.get(name) != after[name]], before=before, after=after)
        for before, after in one.changed[:SHOWN]
    ]
    return ChangesOut(
        table=one.kind.name, counts=one.counts(), added=list(one.added[:SHOWN]), changed=pairs, removed=list(one.removed[:SHOWN])
    )


def _proofs(before: Proof, after: Proof) -> ProofsOut:
    worse = after.gap_pairs > before.gap_pairs or after.double_pairs > before.double_pairs
    return ProofsOut(worse=worse, before=_proof(before), after=_proof(after))


def _proof(proof: Proof) -> dict[str, Any]:
    said = proof.as_json()
    hidden = sum(max(0, len(said[name]) - SHOWN_FINDINGS) for name in ("gaps", "double_claims"))
    return {
        **said,
        "gaps": said["gaps"][:SHOWN_FINDINGS],
        "double_claims": said["double_claims"][:SHOWN_FINDINGS],
        "left_off": said["left_off"] + hidden,
    }
