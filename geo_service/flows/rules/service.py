"""The story of changing rules, without HTTP: a file is read, compared with what is in force, proven, and becomes the next version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from geo_service import event_log
from geo_service.accounts import Actor
from geo_service.cases.clocks.calendar import WARN_DAYS
from geo_service.cases.rule_versions import Book, books, hold, put_book, refuse_before_planned, withdraw
from geo_service.cases.standing_open import open_by_category_and_area, open_with_deadline
from geo_service.catalogue.sheets import RowError
from geo_service.errors import ConflictError, NotFoundError, RequestError, StaleError
from geo_service.event_log import NewEvent
from geo_service.flows.rules.looking import book_at, everything, known_from, today, unpacked
from geo_service.published import Published
from geo_service.responsibility import Proof, prove
from geo_service.responsibility.rows import rule_from
from geo_service.rulebooks.differing import Difference, affected, difference, first_day_changed, left_hanging
from geo_service.rulebooks.files import Base, Parsed, Table, parse, tables_in
from geo_service.rulebooks.kinds import Kind, Row
from geo_service.rulebooks.places import places_of
from geo_service.rulebooks.registry import KINDS, kinds_of

MOST_ERRORS = 1000


@dataclass(frozen=True)
class Import:
    """What to do with a file. base: the version it was made from, where it does not say; allow_gaps: take a matrix that proves worse.

    effective_from: the instant from which it is to hold, None for at once.
    """

    data: bytes
    encoding: str = "utf-8"
    base: int | None = None
    commit: bool = False
    allow_gaps: bool = False
    note: str = ""
    effective_from: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What an import changes, or changed. now: the version in force behind it. proofs: of the matrix before and after, where it matters."""

    name: str
    base: Base | None
    before: Book
    now: Book
    committed: bool
    changes: tuple[Difference, ...]
    open_cases: int
    proofs: tuple[Proof, Proof] | None = None
    warnings: tuple[tuple[str, str], ...] = field(default=())

    @property
    def changed(self) -> bool:
        return any(self.changes)


def bring_in(connection: Connection, published: Published, name: str, asked: Import, *, actor: Actor, now: datetime) -> Outcome:
    """Compares a file with the rules in force and, told to commit, makes it the next version; nothing is written where nothing changes.

    RequestError with every row that cannot be (code 'bad_rows'), for a file that is none, and for a base that never was. StaleError:
    somebody changed these tables since the base, with what changed; or no base is named. ConflictError: the matrix would leave more
    undecided than before, or another version is planned for later. Rules are read and proven as of the instant from which they hold.
    """
    start = _start(asked, now)
    kinds = kinds_of(name)
    found = tables_in(asked.data, kinds, encoding=asked.encoding)
    if asked.commit:
        hold(connection)
    before = book_at(connection, kinds[0].book, version=None, at=None, now=start)
    refuse_before_planned(books(connection, before.kind), start)
    replaced = [one.kind for one in found]
    base = _base(found, asked.base)
    current = everything(connection, at=start)
    _not_superseded(connection, before, base, replaced, current)
    after = _read(connection, published, found, current, today(published, start))
    changes = tuple(difference(kind, current[kind.name], after[kind.name]) for kind in replaced)
    changed = any(changes)
    proofs = _proofs(published, current, after, today(published, start)) if changed and _proves(replaced) else None
    if proofs is not None and not asked.allow_gaps:
        _not_worse(*proofs, commit=asked.commit)
    if asked.commit and changed and base is None and before.version:
        raise StaleError(
            "precondition_required",
            en="say which version this was made from: export again, or name base (now {version})",
            zh="请说明修改所依据的版本：重新导出，或给出 base（当前为 {version}）",
            version=before.version,
        )
    stored = before
    if asked.commit and changed:
        stored = _store(connection, before, after, asked, actor=actor, now=now)
        _log(connection, name, before, stored, changes, actor, now)
    cases = _open_cases(connection, published, changes) if changed else 0
    warnings = _warnings(after, replaced, proofs, today(published, now))
    return Outcome(name, base, before, stored, asked.commit and changed, changes, cases, proofs, warnings)


def _start(asked: Import, now: datetime) -> datetime:
    """From when the file is to hold. RequestError for an instant that is over: what was judged stays judged."""
    start = asked.effective_from or now
    if start.utcoffset() is None:
        raise RequestError("naive_datetime", en="{field} has no time zone", zh="{field} 没有时区", field="effective_from")
    if start < now:
        raise RequestError(
            "rules_dated_back",
            en="rules cannot hold from an instant that is over ({start}): cases before now keep what they were judged by",
            zh="规则不能自已过去的时刻（{start}）起生效：此前的案件保持原有依据",
            start=start.isoformat(),
            field="effective_from",
        )
    return start


def give_up(connection: Connection, name: str, version: int, *, actor: Actor, now: datetime) -> Book:
    """Withdraws a planned version; nothing of it ever holds. NotFoundError, ConflictError `rules_not_planned`."""
    hold(connection)
    found = withdraw(connection, kinds_of(name)[0].book, version, at=now)
    data = {"rules": name, "book": found.kind, "version": version, "effective_from": found.effective_from.isoformat()}
    event_log.append(connection, [NewEvent("rules_withdrawn", None, actor.name, now, data)])
    return found


def _base(found: Sequence[Table], named: int | None) -> Base | None:
    """The version the file was made from. RequestError where file and parameter differ."""
    said = {one.base for one in found if one.base is not None}
    if named is not None:
        said.add(next((one for one in said if one.version == named), Base(named)))
    if len(said) > 1:
        raise RequestError(
            "base_differs",
            en="the file was made from version {a}, but base says {b}",
            zh="文件依据第 {a} 版，而 base 为 {b}",
            a=min(one.version for one in said),
            b=max(one.version for one in said),
            field="base",
        )
    return said.pop() if said else None


def _not_superseded(
    connection: Connection, before: Book, base: Base | None, kinds: Sequence[Kind], current: Mapping[str, list[Row]]
) -> None:
    """Refuses a file made from a version that somebody has changed since, in a table that the file holds, and says what changed."""
    if base is None:
        return
    try:
        made_from = book_at(connection, before.kind, version=base.version, at=None, now=before.effective_from)
    except NotFoundError as missing:
        raise RequestError(
            "unknown_base",
            en="there is no version {base} of these rules, the latest is {version}",
            zh="没有第 {base} 版，最新为第 {version} 版",
            base=base.version,
            version=before.version,
            field="base",
        ) from missing
    if base.digest and not made_from.digest.startswith(base.digest):
        raise RequestError(
            "base_of_another_city",
            en="version {base} here is not the one this file was made from: it comes from another city or installation",
            zh="本系统的第 {base} 版并非该文件所依据的版本：文件来自其他城市或其他安装",
            base=base.version,
            field="base",
        )
    if made_from.version == before.version:
        return
    old = unpacked(connection, made_from, tuple(kinds))
    since = [one for one in (difference(kind, old[kind.name], current[kind.name]) for kind in kinds) if one]
    if since:
        newer = [one for one in books(connection, before.kind) if one.version > made_from.version and one.withdrawn_at is None]
        raise StaleError(
            "rules_moved_on",
            en="these rules are at version {version}, the file was made from {base}; since then: {what} (by {who})",
            zh="规则现为第 {version} 版，文件依据第 {base} 版；此后：{what}（修改人：{who}）",
            items=[_moved(one) for one in since],
            version=before.version,
            base=base.version,
            what="; ".join(f"{one.kind.name} " + ", ".join(f"{word} {n}" for word, n in one.counts().items() if n) for one in since),
            who=", ".join(dict.fromkeys(one.actor for one in reversed(newer))),
            field="base",
        )


def _moved(one: Difference) -> StaleError:
    keys = [one.kind.key_of(row) for row in (*one.added, *one.removed, *(after for _, after in one.changed))]
    named = "; ".join(" ".join(key) for key in keys[:20])
    return StaleError("changed_since", en="{table}: {keys}", zh="{table}：{keys}", table=one.kind.name, keys=named, field=one.kind.name)


def _read(
    connection: Connection, published: Published, found: Sequence[Table], current: dict[str, list[Row]], day: date
) -> dict[str, list[Row]]:
    """Every table as it would be. RequestError 'bad_rows' with all that is wrong in the file, row by row."""
    after = dict(current)
    errors: list[RowError] = []
    for one in found:  # categories come before what names them
        read: Parsed = parse(one, known_from(connection, published, after, current, day))
        errors += read.errors
        after[one.kind.name] = [row for _, row in read.rows]
    if not errors:
        errors += left_hanging(after, [one.kind.name for one in found])
    if errors:
        raise bad_rows(errors)
    return after


def bad_rows(errors: Sequence[RowError]) -> RequestError:
    """All that is wrong in a file: an item a row, each with its sheet, column, value and text in both languages."""
    items = [
        RequestError(
            one.code,
            en="{sheet}, row {row}, {column}: {said_en}" if one.row else "{sheet}, {column} {value}: {said_en}",
            zh="{sheet} 第 {row} 行 {column}：{said_zh}" if one.row else "{sheet} {column} {value}：{said_zh}",
            row=one.row,
            sheet=one.sheet,
            column=one.column or "*",
            value=one.value,
            said_en=one.en,
            said_zh=one.zh,
        )
        for one in errors[:MOST_ERRORS]
    ]
    return RequestError(
        "bad_rows",
        en="{count} row(s) cannot be taken; nothing was changed. The first: {first_en}",
        zh="有 {count} 处无法采用，未作任何修改。第一处：{first_zh}",
        items=items,
        count=len(errors),
        first_en=items[0].text("en"),
        first_zh=items[0].text("zh"),
        field="file",
    )


def _proves(kinds: Sequence[Kind]) -> bool:
    return any(kind.name in ("matrix", "categories") for kind in kinds)


def _proofs(published: Published, before: Mapping[str, list[Row]], after: Mapping[str, list[Row]], day: date) -> tuple[Proof, Proof]:
    places = places_of(published)
    first, second = (
        prove([rule_from(row) for row in tables["matrix"]], [row["key"] for row in tables["categories"]], places, on=day)
        for tables in (before, after)
    )
    return first, second


def _not_worse(before: Proof, after: Proof, *, commit: bool) -> None:
    if commit and (after.gap_pairs > before.gap_pairs or after.double_pairs > before.double_pairs):
        raise ConflictError(
            "matrix_leaves_gaps",
            en="the matrix would leave {gaps} gaps (now {gaps_now}) and {doubles} double claims (now {doubles_now}): {named}. "
            "Say allow_gaps to take it all the same",
            zh="修改后责任矩阵有 {gaps} 处空白（现 {gaps_now}）、{doubles} 处重复认领（现 {doubles_now}）：{named}。"
            "如仍要采用，请指定 allow_gaps",
            gaps=after.gap_pairs,
            gaps_now=before.gap_pairs,
            doubles=after.double_pairs,
            doubles_now=before.double_pairs,
            named="; ".join(f"{one.category} @ {one.area}" for one in (*after.gaps, *after.double_claims)[:5]),
            field="allow_gaps",
        )


def _store(
    connection: Connection,
    before: Book,
    after: Mapping[str, list[Row]],
    asked: Import,
    *,
    actor: Actor,
    now: datetime,
) -> Book:
    said: dict[str, Any] = {"actor": actor.name, "at": now, "note": asked.note, "effective_from": asked.effective_from}
    if before.kind == "catalogue":
        rows = [{"table": kind.name, **row} for kind in KINDS.values() if kind.book == "catalogue" for row in after[kind.name]]
        return put_book(connection, "catalogue", rows, meta=before.meta, **said)
    kind = next(one for one in KINDS.values() if one.book == before.kind)
    packed, meta = kind.pack(after[kind.name])
    return put_book(connection, before.kind, packed, meta=meta, **said)


def _log(connection: Connection, name: str, before: Book, stored: Book, changes: Sequence[Difference], actor: Actor, now: datetime) -> None:
    data: dict[str, Any] = {"rules": name, "book": stored.kind, "from_version": before.version, "version": stored.version}
    data |= {"digest": stored.digest, "tables": {one.kind.name: one.counts() for one in changes if one}}
    data |= {"effective_from": stored.effective_from.isoformat()} if stored.planned(now) else {}
    event_log.append(connection, [NewEvent("rules_changed", None, actor.name, now, data)])


def _open_cases(connection: Connection, published: Published, changes: Sequence[Difference]) -> int:
    """How many open cases the change is about. None of them is judged anew: what was decided stays."""
    name = changes[0].kind.name
    if name == "calendar":
        day = first_day_changed(changes[0])
        if day is None:
            return 0
        start = datetime.combine(max(day, date(1970, 1, 1)), time(), ZoneInfo(published.city.timezone)).astimezone(UTC)
        return open_with_deadline(connection, clocks=("work_hour", "work_day"), from_at=start)
    if name == "ladder":
        return open_with_deadline(connection)
    found = published.by_code
    groups = [
        (category, [one.code for one in published.chain(found[area])] if area is not None and area in found else [], count)
        for category, area, count in open_by_category_and_area(connection)
    ]
    if name == "entries":
        return sum(count for _, _, count in groups)
    return affected(changes, groups)


def _warnings(
    after: Mapping[str, list[Row]], kinds: Sequence[Kind], proofs: tuple[Proof, Proof] | None, day: date
) -> tuple[tuple[str, str], ...]:
    """(zh, en) of what to look at although it is taken."""
    said: list[tuple[str, str]] = []
    if any(kind.name == "calendar" for kind in kinds):
        last = max((row["day"] for row in after["calendar"] if row["kind"] == "year"), default=None)
        left = (date(int(last), 12, 31) - day).days if last else 0
        if left <= WARN_DAYS:
            said.append((f"工作日历只到 {last}-12-31（剩余 {left} 天）", f"the working calendar ends on {last}-12-31 ({left} days left)"))
    if proofs is not None and not proofs[1].complete:
        gaps, doubles = proofs[1].gap_pairs, proofs[1].double_pairs
        said.append((f"责任矩阵有 {gaps} 处空白、{doubles} 处重复认领", f"the matrix leaves {gaps} gaps and {doubles} double claims"))
    return tuple(said)
