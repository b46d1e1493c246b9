"""Instants that callers name are kept so far from the ends of time that they can be counted with in every time zone."""

import datetime as dt

import pytest

from geo_service.api.instants import FIRST, LAST, in_utc

ZONES = [dt.timezone(dt.timedelta(hours=hours)) for hours in (-12, 0, 14)]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("end", "kept"), [("0001-01-01T00:00:00", FIRST), ("9999-12-31T23:59:59", LAST)])
def test_the_ends_of_time_are_moved_inwards(zone: dt.timezone, end: str, kept: dt.datetime) -> None:
    at = in_utc(dt.datetime.fromisoformat(end).replace(tzinfo=zone))
    assert at == kept
    assert all(at.astimezone(other) == at for other in ZONES)


def test_other_instants_are_the_same_in_utc() -> None:
    at = dt.datetime(2026, 11, 24, 10, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert (in_utc(at), in_utc(at).tzinfo) == (at, dt.UTC)
