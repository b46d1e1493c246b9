"""Reads what comes with an event into a frozen record, strictly: unknown fields, wrong types and stray characters are refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, TypeVar, cast, dataclass_transform

from geo_service.cases.clocks import Limit
from geo_service.errors import ServiceError

P = TypeVar("P")

_OWNER = re.compile(r"(agency|post):[^\s:\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,60}")
# line separators and whatever turns the direction of writing are refused too: a case file reads on every screen as it was written
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FIRST_AT, _LAST_AT = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
LONGEST_TEXT = 4000
MOST_ITEMS = 30


@dataclass(frozen=True, slots=True)
class FieldError:
    """A field that cannot be: stable code and what is wrong with it."""

    field: str
    code: str
    en: str
    zh: str


class _WrongError(Exception):
    def __init__(self, code: str, en: str, zh: str) -> None:
        self.found = (code, en, zh)


Reader = Callable[[Any], Any]
_NEEDED = object()


def _made(read: Reader, default: Any = _NEEDED) -> Any:
    """A dataclass field that is read by `read`; needed unless it has a default."""
    return field(metadata={"read": read}) if default is _NEEDED else field(default=default, metadata={"read": read})


def text(most: int = LONGEST_TEXT, *, default: Any = _NEEDED) -> Any:
    """Words a person wrote: not blank, no control characters but line breaks and tabs, at most `most` characters."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise _WrongError("not_text", "a text is needed", "应为文本")
        if not value.strip():
            raise _WrongError("blank", "this is empty", "不能为空")
        if len(value) > most:
            raise _WrongError("too_long", f"at most {most} characters", f"不能超过 {most} 个字符")
        if _CONTROL.search(value):
            raise _WrongError("control_character", "this contains a control character", "含有控制字符")
        return value.strip()

    return _made(read, default)


def flag(*, default: Any = _NEEDED) -> Any:
    """true or false, nothing that merely looks like it."""

    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            raise _WrongError("not_a_flag", "true or false is needed", "应为 true 或 false")
        return value

    return _made(read, default)


def number(least: int, most: int, *, default: Any = _NEEDED) -> Any:
    """A whole number in a range, both ends included."""

    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise _WrongError("not_a_number", f"a whole number from {least} to {most} is needed", f"应为 {least} 到 {most} 之间的整数")
        return value

    return _made(read, default)


def choice(options: Mapping[str, Any], *, default: Any = _NEEDED) -> Any:
    """One of the words of a table."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in options:
            known = ", ".join(options)
            raise _WrongError("unknown_choice", f"one of {known} is needed", f"应为 {known} 之一")
        return value

    return _made(read, default)


def moment(*, default: Any = _NEEDED) -> Any:
    """An instant with a time zone: a datetime, or ISO 8601 text."""

    return _made(_read_instant, default)


def _read_instant(value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        at = None
    if not isinstance(at, datetime):
        raise _WrongError("not_an_instant", "a date and time is needed (ISO 8601)", "应为日期时间（ISO 8601）")
    if at.utcoffset() is None:
        raise _WrongError("naive_datetime", "this has no time zone", "没有时区")
    if not _FIRST_AT <= at < _LAST_AT:
        raise _WrongError("instant_out_of_range", "this lies before 1970 or behind 2200", "早于 1970 年或晚于 2200 年")
    return at.astimezone(UTC)


def instant_or_none(value: Any) -> datetime | None:
    """The instant that a field like this would be read as, None where it would be refused."""
    try:
        return _read_instant(value)
    except _WrongError:
        return None


def names_owner(value: object) -> bool:
    """Whether it is written as whoever must act is: 'agency:<code>' or 'post:<id>'."""
    return isinstance(value, str) and _OWNER.fullmatch(value) is not None


def _read_owner(value: Any) -> str:
    if not names_owner(value):
        raise _WrongError("not_an_owner", "agency:<code> or post:<id> is needed", "应为 agency:<代码> 或 post:<编号>")
    return str(value)


def owner(*, default: Any = _NEEDED) -> Any:
    """Whoever must act: 'agency:<code>' or 'post:<id>'."""
    return _made(_read_owner, default)


def owners(*, default: Any = _NEEDED) -> Any:
    """Several of them, each once."""

    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or len(value) > MOST_ITEMS:
            raise _WrongError("not_a_list", f"a list of at most {MOST_ITEMS} is needed", f"应为列表，最多 {MOST_ITEMS} 项")
        read_all = tuple(_read_owner(one) for one in value)
        if len(set(read_all)) != len(read_all):
            raise _WrongError("named_twice", "somebody is named twice", "有重复项")
        return read_all

    return _made(read, default)


def limit(*, default: Any = _NEEDED) -> Any:
    """{amount, clock}, or a Limit."""

    def read(value: Any) -> Limit:
        if isinstance(value, Limit):
            return value
        if not isinstance(value, Mapping) or set(value) != {"amount", "clock"}:
            raise _WrongError("not_a_limit", "{amount, clock} is needed", "应为 {amount, clock}")
        try:
            return Limit(value["amount"], value["clock"])
        except ServiceError as wrong:
            raise _WrongError(wrong.code, wrong.text("en"), wrong.text("zh")) from None
        except TypeError:
            raise _WrongError("not_a_limit", "{amount, clock} is needed", "应为 {amount, clock}") from None

    return _made(read, default)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(text, flag, number, choice, moment, owner, owners, limit))
def record(kind: type[P]) -> type[P]:
    """A frozen record whose fields were made with the functions above."""
    return dataclass(frozen=True, slots=True, kw_only=True)(kind)


def read(kind: type[P], given: Mapping[str, Any]) -> P | tuple[FieldError, ...]:
    """The record, or every field that is wrong. None stands for a field that was left out."""
    known = {one.name: one for one in fields(cast(Any, kind))}
    wrong = [FieldError(str(name)[:80], "unknown_field", "there is no such field", "没有这个字段") for name in given if name not in known]
    values: dict[str, Any] = {}
    for name, one in known.items():
        value = given.get(name)
        if value is None:
            if one.default is MISSING:
                wrong.append(FieldError(name, "missing", "this is needed", "必填"))
            continue
        try:
            values[name] = one.metadata["read"](value)
        except _WrongError as found:
            wrong.append(FieldError(name, *found.found))
    return tuple(wrong) if wrong else kind(**values)


def plain(given: object) -> dict[str, Any]:
    """The record as JSON values, without the fields that are None."""
    return {one.name: _plain(value) for one in fields(cast(Any, given)) if (value := getattr(given, one.name)) is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Limit):
        return {"amount": value.amount, "clock": value.clock}
    return list(value) if isinstance(value, tuple) else value
