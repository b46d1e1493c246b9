"""A code that nobody has yet, for an area without a usable one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Set
from itertools import islice
from typing import Final

from boundaries.codes import is_code

__all__ = ["free_code"]

_TRIES: Final = 10_000


def free_code(code: str, *, taken: Set[str], pattern: str = "", parent: str = "", row: int = 0) -> str | None:
    """A free code of the pattern, None where none was found.

    code: the unusable one, '' for none. A malformed code is tidied (full-width digits, blanks) when that makes a free one of it; a
    doubled one gets -2, -3 ...; a missing one becomes the parent's code with -u1, -u2 ..., or `uncoded-ROW`: plainly no official code.
    Where the pattern forbids such, the number after the largest code that begins as the parent's does is taken.
    """
    for candidate in islice(_candidates(code, taken, parent, row), _TRIES):
        if candidate not in taken and is_code(candidate, pattern):
            return candidate
    return None


def _candidates(code: str, taken: Set[str], parent: str, row: int) -> Iterator[str]:
    tidied = "".join(unicodedata.normalize("NFKC", code).split())
    if tidied:
        yield tidied
        yield from (f"{tidied}-{number}" for number in range(2, 20))
    elif parent:
        yield from (f"{parent}-u{number}" for number in range(1, 20))
    else:
        yield f"uncoded-{row}"
    start = parent or tidied[:-2]
    numbers = [other for other in taken if other.isascii() and other.isdigit() and other.startswith(start) and other != parent]
    largest = max(numbers, default="")
    if largest:
        width = len(largest)
        yield from (str(number).zfill(width) for number in range(int(largest) + 1, int(largest) + 1000))
