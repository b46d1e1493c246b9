"""Texts decoded with the wrong encoding: found by what they would be in the right one, and refused with its name."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from boundaries.errors import FileError

__all__ = ["refuse_garbled", "true_encoding"]

_LOOKED_AT: Final = 5000
_MOST: Final = 0.8
_WRONGLY_READ: Final = (
    ("cp1252", "utf-8", "UTF-8"),
    ("latin-1", "utf-8", "UTF-8"),
    ("gb18030", "utf-8", "UTF-8"),
    ("latin-1", "gb2312", "GB18030"),
    ("cp1252", "gb2312", "GB18030"),
)
"""(what a text was read as, what it decodes as when it is taken back, the name to give)."""


def true_encoding(texts: Iterable[str]) -> str | None:
    """The encoding that texts were written in, where they were read in another; '?' where that lost their letters; else None.

    Four fifths of the texts that are not ASCII must say so, and at least two: a few Chinese words read as GBK happen to be UTF-8,
    a few French ones pairs of GB 2312.
    """
    foreign = list(islice((text for text in texts if text and not text.isascii()), _LOOKED_AT))
    if any("\ufffd" in text for text in foreign):
        return "?"
    if len(foreign) < 2:
        return None
    for read_as, written_in, name in _WRONGLY_READ:
        if sum(_was(text, read_as, written_in) for text in foreign) >= _MOST * len(foreign):
            return name
    return None


def refuse_garbled(texts: Iterable[str], *, name: str) -> None:
    """Nothing for texts that read well. Raises FileError `texts_garbled` with the row of the first and the encoding to name."""
    listed = list(texts)
    right = true_encoding(listed)
    if right is None:
        return
    row = next(at for at, text in enumerate(listed) if ("\ufffd" in text if right == "?" else not text.isascii()))
    known = right != "?"
    raise FileError(
        "texts_garbled",
        en="{name}: its texts were read in the wrong encoding (row {row}: {text}); "
        + ("they are {right}: name that." if known else "letters are lost: name the right one."),
        zh="{name}:文本编码不正确(第 {row} 行:{text});" + ("实际编码为 {right},请指明。" if known else "部分文字已丢失,请指明正确编码。"),
        row=row,
        name=name,
        text=listed[row][:40],
        right=right,
    )


def _was(text: str, read_as: str, written_in: str) -> bool:
    try:
        decoded = text.encode(read_as).decode(written_in)
    except UnicodeError:
        return False
    return decoded != text and decoded.isprintable()
