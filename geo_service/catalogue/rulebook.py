"""All rules that a case is judged by, under one number: a case keeps the number, and the book of that number never changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType
from typing import Any, TypeVar

import orjson

from geo_service.catalogue.duties import Duty
from geo_service.catalogue.limits import ConditionRow, LimitRow, limit_for
from geo_service.catalogue.records import AffairRow, Read, read_affairs, read_conditions, read_duties, read_limits
from geo_service.catalogue.trees import Category, categories
from geo_service.catalogue.words import parents_of
from geo_service.errors import NotFoundError, RequestError, SetupError

_Row = TypeVar("_Row")

LADDER = ("city", "district", "street", "community", "grid", "micro_grid")


@dataclass(frozen=True)
class Rulebook:
    """One version of the rules, in force from an instant until the next one is."""

    version: int
    effective_from: datetime
    categories: Mapping[str, Category]
    affairs: tuple[AffairRow, ...]
    limits: tuple[LimitRow, ...]
    duties: tuple[Duty, ...]
    conditions: tuple[ConditionRow, ...] = ()
    note: str = ""
    _affair_of: Mapping[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        if self.effective_from.utcoffset() is None:
            raise RequestError("naive_datetime", en="{field} has no time zone", zh="{field} 没有时区", field="effective_from")
        object.__setattr__(self, "categories", MappingProxyType(dict(self.categories)))
        object.__setattr__(self, "_affair_of", MappingProxyType({row.category: row.affair for row in self.affairs}))

    def category(self, key: str) -> Category:
        """The category of this key. RequestError 'unknown_category'."""
        found = self.categories.get(key)
        if found is None:
            raise RequestError(
                "unknown_category",
                en="there is no category {key} in version {version} of the rules",
                zh="规则第 {version} 版中没有类别 {key}",
                key=key,
                version=self.version,
                field="category",
            )
        return found

    def affair(self, key: str) -> str:
        """The affair that a category usually is: what the finest subtree says."""
        return next((self._affair_of[name] for name in parents_of(key) if name in self._affair_of), "specialised")

    def limit(self, key: str, *, condition: str | None, area_class: str, stage: str = "handle") -> LimitRow | None:
        """The limit of a stage, as `limit_for`."""
        return limit_for(self.limits, category=key, condition=condition, area_class=area_class, stage=stage)

    @cached_property
    def content_hash(self) -> str:
        """The same for the same rules, whatever their number: SHA-256 in hexadecimal over all lines in canonical order."""
        listed = [self.categories[key] for key in sorted(self.categories)]
        tables: list[Iterable[Any]] = [listed, self.affairs, self.limits, self.duties, self.conditions]
        lines = [sorted([str(cell) for cell in astuple(row)] for row in table) for table in tables]
        return hashlib.sha256(orjson.dumps(lines)).hexdigest()


@dataclass(frozen=True)
class Rulebooks:
    """All versions there ever were, oldest first. SetupError unless numbers and instants grow together."""

    books: tuple[Rulebook, ...]

    def __post_init__(self) -> None:
        marks = [(book.version, book.effective_from) for book in self.books]
        if not marks or any(a[0] >= b[0] or a[1] >= b[1] for a, b in pairwise(marks)):
            raise SetupError(
                "rule_versions_out_of_order", en="versions of the rules are missing or out of order", zh="规则版本缺失或顺序有误"
            )

    def in_force(self, at: datetime) -> Rulebook:
        """The version in force at an instant. NotFoundError before the first."""
        if at.utcoffset() is None:
            raise RequestError("naive_datetime", en="{field} has no time zone", zh="{field} 没有时区", field="at")
        found = [book for book in self.books if book.effective_from <= at]
        if not found:
            raise NotFoundError("no_rules_yet", en="no rules were in force yet", zh="当时尚无生效的规则")
        return found[-1]

    def numbered(self, version: int) -> Rulebook:
        """The version a case was judged by. NotFoundError when there is none of this number."""
        for book in self.books:
            if book.version == version:
                return book
        raise NotFoundError(
            "unknown_rules_version", en="there is no version {version} of the rules", zh="没有第 {version} 版规则", version=version
        )

    def usable(self, version: int, at: datetime) -> Rulebook:
        """The version, if it is the one in force. RequestError 'superseded_rules' or 'rules_not_yet_in_force' otherwise."""
        book, current = self.numbered(version), self.in_force(at)
        if book.version < current.version:
            raise RequestError(
                "superseded_rules",
                en="version {version} of the rules was superseded by {current}",
                zh="规则第 {version} 版已被第 {current} 版取代",
                version=version,
                current=current.version,
                field="rules_version",
            )
        if book.version > current.version:
            raise RequestError(
                "rules_not_yet_in_force",
                en="version {version} of the rules is not in force yet",
                zh="规则第 {version} 版尚未生效",
                version=version,
                field="rules_version",
            )
        return book

    def with_next(self, book: Rulebook) -> Rulebooks:
        """All versions and one more."""
        return Rulebooks((*self.books, book))


@cache
def shipped_rulebook() -> Rulebook:
    """Version 1: the tables in data/."""
    data = files("geo_service.catalogue") / "data"
    known = categories()
    return Rulebook(
        version=1,
        effective_from=datetime(2024, 1, 1, tzinfo=UTC),
        categories=known,
        affairs=_whole(read_affairs((data / "affairs.csv").read_bytes(), "csv", known=known)),
        limits=_whole(read_limits((data / "limits.csv").read_bytes(), "csv", known=known)),
        duties=_whole(read_duties((data / "duties.csv").read_bytes(), "csv", known=known, levels=LADDER)),
        conditions=_whole(read_conditions((data / "conditions.csv").read_bytes(), "csv", known=known)),
        note="shipped with the program",
    )


def _whole(read: Read[_Row]) -> tuple[_Row, ...]:
    if read.errors:
        first = read.errors[0]
        raise SetupError(
            "bad_table", en="row {n}: {column}: {why}", zh="第 {n} 行 {column}：{why}", n=first.row, column=first.column, why=first.en
        )
    return read.records
