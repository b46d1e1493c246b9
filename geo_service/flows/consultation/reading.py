"""What came along with a step, read strictly into its record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo_service.cases.workflow.reading import read
from geo_service.errors import NotFoundError, RequestError, StaleError


def read_said(verbs: Mapping[str, type[Any]], verb: str, said: Mapping[str, Any]) -> Any:
    """The record of a verb. NotFoundError for a verb that is none, RequestError with every field that cannot be."""
    kind = verbs.get(verb)
    if kind is None:
        known = ", ".join(verbs)
        raise NotFoundError(
            "unknown_event", en="there is no action {verb}: {known}", zh="没有名为 {verb} 的操作：{known}", verb=verb[:40], known=known
        )
    return read_record(kind, said)


def read_record(kind: type[Any], said: Mapping[str, Any]) -> Any:
    """The record. RequestError 'malformed' with every field that cannot be."""
    found = read(kind, said)
    if not isinstance(found, tuple):
        return found
    items = [RequestError(one.code, en="{said_en}", zh="{said_zh}", said_en=one.en, said_zh=one.zh, field=one.field) for one in found]
    names = ", ".join(one.field for one in found)
    raise RequestError("malformed", en="these fields cannot be: {names}", zh="以下字段有误：{names}", items=items, names=names)


def require_version(present: int, expected: int, what: tuple[str, str]) -> None:
    """StaleError with the present version, when the caller looked at another one. what: (zh, en) of what it is."""
    if present != expected:
        raise StaleError(
            "moved_on",
            en="{what_en} is at version {version}, you looked at {expected}",
            zh="{what_zh}已到版本 {version}，您看到的是版本 {expected}",
            what_en=what[1],
            what_zh=what[0],
            version=present,
            expected=expected,
            field="version",
        )
