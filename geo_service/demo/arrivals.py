"""When reports come in: the city's days and hours, its weekends, and the days when heating starts or snow falls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geo_service.demo.chance import pick
from geo_service.demo.frames import read_data

HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Arrivals:
    """at_s: ascending, seconds since 1970. day: 0 is the first local day; hour: the local one. months, bursts: by day.

    bursts: name -> intensity on each day, 0 outside, 1 at its height.
    """

    at_s: NDArray[np.int64]
    day: NDArray[np.int64]
    hour: NDArray[np.int64]
    months: tuple[int, ...]
    bursts: Mapping[str, NDArray[np.float64]]

    def __len__(self) -> int:
        return len(self.at_s)


def draw_arrivals(rng: np.random.Generator, *, as_of: datetime, count: int, days: int, zone: ZoneInfo) -> Arrivals:
    """`count` instants before `as_of`, in the `days` local days that end with the day of the last second before it."""
    last = (as_of - timedelta(seconds=1)).astimezone(zone).date()
    dates = [last - timedelta(days=days - 1 - i) for i in range(days)]
    starts = np.array([int(datetime.combine(day, time(0), zone).timestamp()) for day in dates], dtype=np.int64)
    bursts, factor = _bursts(dates)
    data = read_data("topics.json")
    by_day = np.array([data["weekdays"][day.weekday()] for day in dates]) * factor
    weights = np.outer(by_day, np.array(data["hours"], dtype=np.float64))
    begins = starts[:, None] + HOUR_S * np.arange(24, dtype=np.int64)[None, :]
    end_s = int(as_of.timestamp())
    lengths = np.clip(end_s - begins, 0, HOUR_S)
    weights *= lengths / HOUR_S
    slots = pick(rng, weights.ravel(), count)
    inside = (rng.random(count) * lengths.ravel()[slots]).astype(np.int64)
    at_s = begins.ravel()[slots] + inside
    order = np.argsort(at_s, kind="stable")
    months = tuple(day.month for day in dates)
    return Arrivals(at_s=at_s[order], day=slots[order] // 24, hour=slots[order] % 24, months=months, bursts=bursts)


def _bursts(dates: list[date]) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64]]:
    """Intensity of each burst by day, and by how much all of them together multiply a day."""
    factor = np.ones(len(dates))
    intensities: dict[str, NDArray[np.float64]] = {}
    for burst in read_data("topics.json")["bursts"]:
        intensity = np.zeros(len(dates))
        height = max(burst["shape"])
        for i, times in enumerate(burst["shape"]):
            day = len(dates) - 1 - burst["days_before_end"] + i
            if 0 <= day < len(dates) and dates[day].month in burst["months"]:
                intensity[day] = times / height
                factor[day] *= times
        intensities[burst["name"]] = intensity
    return intensities, factor
