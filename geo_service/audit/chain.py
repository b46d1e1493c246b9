"""The chain of the log against itself and against the heads outside: what was altered, removed, inserted, cut or rewritten."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field

from sqlalchemy import Connection

from geo_service.audit.heads import Heads
from geo_service.event_log import GENESIS, chained_hash, every, head_of

SHOWN = 100
"""Findings told apart; a log that is rewritten from its first position has as many as it has events."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, from which position on, in words (zh, en). kind: altered, removed, cut, head_altered, rewritten, heads_altered ..."""

    kind: str
    position: int | None
    zh: str
    en: str
    case_id: int | None = None


@dataclass(slots=True)
class Verified:
    """What was found. vouched_to: up to this position a head outside the database vouches for the log; beyond it nothing does."""

    events: int = 0
    vouched_to: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.findings


def verify_chain(connection: Connection, heads: Heads) -> Verified:
    """Reads the whole log once, in the order of positions, in bounded memory.

    An event whose hash does not follow from the one before is altered (or its neighbour was); a position that is missing was removed;
    a log that ends before its head, or before a head outside, was cut; one whose hash differs from a head outside was rewritten.
    """
    found = Verified()
    wanted = {head.position: head for head in heads.lines}
    seen: dict[int, str] = {}
    previous, expected = GENESIS, 1
    with closing(every(connection)) as rows:
        for row in rows:
            if row.position != expected:
                _add(found, Finding("removed", expected, *_removed(expected, row.position - 1)))
            elif chained_hash(previous, row.position, row) != row.hash:
                _add(
                    found,
                    Finding(
                        "altered", row.position, f"第 {row.position} 条记录与前后不符", f"event {row.position} does not follow", row.case_id
                    ),
                )
            if row.position in wanted:
                seen[row.position] = row.hash
            previous, expected = row.hash, row.position + 1
            found.events += 1
    _check_head(connection, found, last=expected - 1, digest=previous)
    _check_outside(found, heads, seen, last=expected - 1)
    return found


def _removed(first: int, last: int) -> tuple[str, str]:
    return (f"第 {first} 至 {last} 条记录缺失", f"events {first} to {last} are missing")


def _check_head(connection: Connection, found: Verified, *, last: int, digest: str) -> None:
    position, held = head_of(connection)
    if position > last:
        _add(found, Finding("cut", last + 1, *_removed(last + 1, position)))
    elif (position, held) != (last, digest):
        zh, en = f"日志头记录与第 {last} 条不符", f"the log's head does not match its last event, {last}"
        _add(found, Finding("head_altered", position, zh, en))


def _check_outside(found: Verified, heads: Heads, seen: dict[int, str], *, last: int) -> None:
    """The heads outside, oldest first: the first that disagrees says that the log was cut or rewritten at or before its position."""
    for head in heads.lines:
        if head.position and seen.get(head.position) != head.hash:
            at = head.at.isoformat(timespec="seconds")
            span = f"{found.vouched_to + 1}–{head.position}"
            if head.position > last:
                zh = f"日志止于第 {last} 条，但库外存证 {at} 时已有 {head.position} 条：尾部被截断"
                en = f"the log ends at {last}, yet at {at} it held {head.position}: its tail was cut"
                _add(found, Finding("cut", last + 1, zh, en))
            else:
                zh = f"第 {span} 条之间的记录在 {at} 存证之后被改写"
                en = f"events {span} were rewritten after the head of {at}"
                _add(found, Finding("rewritten", found.vouched_to + 1, zh, en))
            break
        found.vouched_to = head.position
    if heads.broken_line is not None:
        zh, en = f"库外存证文件第 {heads.broken_line} 行被改动", f"line {heads.broken_line} of the heads outside was altered"
        _add(found, Finding("heads_altered", None, zh, en))


def _add(found: Verified, finding: Finding) -> None:
    if len(found.findings) < SHOWN:
        found.findings.append(finding)
