"""Office hours: what would have happened at night happens the next morning."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DAY_S, HOUR_S = 86_400, 3_600
NIGHT_H, MORNING_H, BUSY_H = 22, 7, 8
"""From 22 to 7 nobody works; what waited is done between 7:00 and 7:30, what comes between 7 and 8 after that."""


def after_hours(times: NDArray[np.int64], *, end_s: int, offset_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same instants (seconds since 1970), those of a night moved into its morning, their order kept.

    A night whose morning is not over by `end_s` is left alone, so nothing moves behind it. offset_s: local time minus UTC.
    """
    local = times + offset_s - NIGHT_H * HOUR_S
    since, night_s = local % DAY_S, (24 - NIGHT_H + MORNING_H) * HOUR_S
    busy_s = (BUSY_H - MORNING_H) * HOUR_S
    started = times - since
    over = started + night_s + busy_s <= end_s
    asleep, early = over & (since < night_s), over & (since >= night_s) & (since < night_s + busy_s)
    moved = np.where(asleep, started + night_s + since * (busy_s // 2) // night_s, times)
    return np.where(early, started + night_s + busy_s // 2 + (since - night_s) // 2, moved)
