"""Instants as callers name them: with a time zone, and taken to UTC where that is possible at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

FIRST = datetime(1, 1, 2, tzinfo=UTC)
LAST = datetime(9999, 12, 30, tzinfo=UTC)
"""A day or more within what can be counted: in no time zone does one of these lie outside of it."""


def in_utc(at: datetime) -> datetime:
    """The instant in UTC; one before FIRST or behind LAST becomes that.

    Who asks for everything `until 9999-12-31T23:59:59-08:00` means everything: that is an answer, not an error.
    """
    try:
        return min(max(at.astimezone(UTC), FIRST), LAST)
    except OverflowError:
        return FIRST if at.year == 1 else LAST


Instant = Annotated[AwareDatetime, AfterValidator(in_utc)]
