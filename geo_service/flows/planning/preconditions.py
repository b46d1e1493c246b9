"""The version of a draft that a caller looked at."""

from __future__ import annotations

from geo_service.errors import RequestError, StaleError


def head_of(if_match: str | None) -> int:
    """The draft's head that If-Match names. StaleError `precondition_required` (428) without it, RequestError `bad_if_match`."""
    if if_match is None:
        raise StaleError("precondition_required", en="say If-Match with the draft's head", zh="请用 If-Match 给出草稿的版本")
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise RequestError(
            "bad_if_match", en="If-Match is the draft's head in quotes", zh="If-Match 应为带引号的草稿版本", field="If-Match"
        )
    return int(text)
