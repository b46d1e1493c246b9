"""Preconditions of changes: the version that the caller looked at."""

from __future__ import annotations

from geo_service.errors import RequestError, StaleError


def version_of(if_match: str | None) -> int:
    """The version an If-Match names. StaleError 'precondition_required' (428) without one, RequestError for what is no version."""
    if if_match is None:
        raise StaleError("precondition_required", en="say If-Match with the version you looked at", zh="请用 If-Match 给出您看到的版本")
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise RequestError("bad_if_match", en="If-Match is a version in quotes", zh="If-Match 应为带引号的版本", field="If-Match")
    return int(text)
