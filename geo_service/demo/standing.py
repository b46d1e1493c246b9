"""Which cases are not done yet as of the end: a mix of lights, and those whose story goes on in consultation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]

GREEN_SHARE, YELLOW_SHARE, RED_SHARE = 0.60, 0.25, 0.15
"""Of the open cases whose clock runs: green, yellow and red as of the end."""
OPEN_MOST = 0.05
"""At most so much of all cases is open with a clock that runs."""
HOUR_S, DAY_S = 3_600, 86_400
OVERDUE_DAYS = 3.7
"""Nothing is overdue for longer without a consultation: the rules that ship ask for one after five days."""

PLOTS: dict[str, float] = {"overdue": 26, "unclear": 8, "recurring": 4, "whistle": 10, "called": 14}
"""Stories of the whole city that go on in consultation or at a whistle, and how many of each.

overdue: for more than five days. unclear: whoever had it says it is nobody's. recurring: reported again and again. whistle: blown, and
somebody did not come. called: blown, and everybody came, or has still time to.
"""


def choose_open(rng: np.random.Generator, may: Flags, sent_s: Rows, warn_s: Rows, due_s: Rows, end_s: int) -> Flags:
    """Which cases somebody is still at. may: those that can be; sent_s, warn_s, due_s: dispatch, warning and deadline.

    As many as make 60 : 25 : 15 of green, yellow and red: nearly all that are yellow now, where that is not too many.
    """
    green, yellow = may & (end_s < warn_s), may & (end_s >= warn_s) & (end_s <= due_s)
    red = may & (end_s > due_s) & (end_s - due_s < OVERDUE_DAYS * DAY_S)
    ripe = (end_s - sent_s) / np.maximum(due_s - sent_s, 1)
    odds = np.where(red, np.exp((due_s - end_s) / (0.6 * DAY_S)), np.exp(-2 * np.minimum(ripe, 40)))
    odds = np.where(green & (end_s - sent_s < 6 * HOUR_S), odds * 10, odds)  # hardly anything is done in its first hours
    most = (0.9 * np.count_nonzero(yellow), np.count_nonzero(green) * YELLOW_SHARE / GREEN_SHARE, len(may) * OPEN_MOST * YELLOW_SHARE)
    of_yellow = round(min(most))
    wanted = ((green, of_yellow * GREEN_SHARE / YELLOW_SHARE), (yellow, of_yellow), (red, of_yellow * RED_SHARE / YELLOW_SHARE))
    chosen = np.zeros(len(may), dtype=bool)
    for flags, number in wanted:
        rows = np.flatnonzero(flags)
        count = min(len(rows), round(number))
        if count:
            chosen[rng.choice(rows, size=count, replace=False, p=odds[rows] / odds[rows].sum())] = True
    return chosen


def choose_plots(
    rng: np.random.Generator, wanted: Mapping[str, int], sent_s: Rows, due_s: Rows, end_s: int, recurring: Flags
) -> dict[str, list[int]]:
    """Rows for each plot, each row once, the one that is due first first. sent_s: `end_s` for those that were not sent anywhere."""
    late_s, age_s = end_s - due_s, end_s - sent_s
    windows = {
        "overdue": ~recurring & (late_s > 5.05 * DAY_S) & (late_s < 13 * DAY_S) & (due_s - sent_s > DAY_S),
        "unclear": ~recurring & (late_s < 0) & (age_s > 0.4 * DAY_S) & (due_s - sent_s > 4 * DAY_S),
        "recurring": recurring & (late_s < 0) & (age_s > 0),
        "whistle": ~recurring & (late_s < 0) & (age_s > 1.5 * DAY_S) & (due_s - sent_s > 4 * DAY_S),
        "called": ~recurring & (late_s < 0) & (age_s > 0.4 * DAY_S) & (due_s - sent_s > 4 * DAY_S),
    }
    free, found = np.ones(len(sent_s), dtype=bool), dict[str, list[int]]()
    for name, count in wanted.items():
        rows = np.flatnonzero(windows[name] & free & (age_s > 0))
        chosen = np.sort(rng.choice(rows, size=min(count, len(rows)), replace=False)) if len(rows) else rows
        free[chosen] = False
        found[name] = chosen[np.argsort(due_s[chosen], kind="stable")].tolist()
    return found
