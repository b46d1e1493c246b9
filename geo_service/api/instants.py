"""Instants as callers name them: with a time zone, and taken to UTC where that is possible at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def in_utc(at: datetime) -> datetime:
    """The instant in UTC; one that lies before year 1 or behind 9999 there becomes the first or the last instant there is.

    Who asks for everything `until 9999-12-31T23:59:59-08:00` means everything: that is an answer, not an error.
    """
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return FIRST if at.year == 1 else LAST


Instant = Annotated[AwareDatetime, AfterValidator(in_utc)]
