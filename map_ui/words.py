"""Texts in two languages: what a caller may hand over, and the table of our own.

A caller's text is either one `str` for every language or `{'zh-CN': ..., 'en': ...}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from map_ui.errors import FrameError

Language = Literal["zh-CN", "en"]
LANGUAGES: tuple[Language, ...] = ("zh-CN", "en")
Words = str | Mapping[str, str]


def language_of(language: str) -> Language:
    """The language a page is written in; raises FrameError for one we have no texts in."""
    for known in LANGUAGES:
        if language.lower() == known.lower():
            return known
    raise FrameError(
        "unknown_language",
        en="no texts in the language {language!r}; known: {known}",
        zh="没有语言 {language!r} 的文字；可用：{known}",
        language=language,
        known=", ".join(LANGUAGES),
    )


def say(words: Words, language: Language) -> str:
    """The caller's text in one language; a mapping without that language answers with any it has, Chinese first."""
    if isinstance(words, str):
        return words
    for wanted in (language, *LANGUAGES):
        if wanted in words:
            return words[wanted]
    return ""
