"""How far a case has come: which steps it took, and when, for all cases at once.

`STEPS` lists every step a case can take, in the order in which it can take them; a case is a row with the time of each step it took.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_service.demo.chance import pick
from geo_service.demo.nights import after_hours

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]
NOT_TAKEN = -1
DAY_S = 86_400

STEPS: tuple[tuple[str, str, float], ...] = (
    ("received", "received", 0.0),
    ("verification_asked", "verifying", 0.02),
    ("verified", "verifying", 0.06),
    ("not_accepted", "not_accepted", 0.05),
    ("merged", "merged", 0.05),
    ("filed", "filed", 0.03),
    ("voided", "void", 0.2),
    ("dispatched", "dispatched", 0.03),
    ("returned", "filed", 0.06),
    ("dispatched", "dispatched", 0.04),
    ("accepted", "handling", 0.06),
    ("extended", "handling", 0.3),
    ("supervised", "handling", 0.2),
    ("suspended", "suspended", 0.2),
    ("handled", "checking", 0.5),
    ("reworked", "handling", 0.1),
    ("handled", "checking", 0.2),
    ("closed", "closed", 0.1),
    ("reopened", "handling", 0.5),
    ("handled", "checking", 0.3),
    ("closed", "closed", 0.1),
    ("evaluated", "evaluated", 0.0),
)
"""(kind of event, state after it, its usual share of the time between the step before and the end)."""
(RECEIVED, ASKED, VERIFIED, NOT_ACCEPTED, MERGED, FILED, VOIDED, DISPATCHED, RETURNED, AGAIN, ACCEPTED, EXTENDED, SUPERVISED, SUSPENDED,
 HANDLED, REWORKED, HANDLED_AGAIN, CLOSED, REOPENED, HANDLED_LAST, CLOSED_LAST, EVALUATED) = range(len(STEPS))  # fmt: skip

OPEN_SHARE, YELLOW_SHARE, RED_SHARE = 0.60, 0.25, 0.15
"""Of the open cases: green, yellow and red as of the end."""
LAST_STEPS = (RECEIVED, ASKED, VERIFIED, FILED, DISPATCHED, ACCEPTED, HANDLED)
PROGRESS = (
    (0.1, (0.33, 0.12, 0.1, 0.15, 0.18, 0.12, 0.0)),
    (0.4, (0.06, 0.06, 0.08, 0.12, 0.28, 0.32, 0.08)),
    (0.8, (0.02, 0.02, 0.03, 0.08, 0.2, 0.45, 0.2)),
    (np.inf, (0.0, 0.0, 0.02, 0.06, 0.17, 0.5, 0.25)),
)
"""Up to which share of the limit; how often an open case then stands at each of LAST_STEPS."""


@dataclass(frozen=True, slots=True)
class Reports:
    """What the course of a case depends on. at_s, end_s: seconds since 1970; limit_s: seconds from receipt to the limit.

    public: must be verified first. placed: somebody answers for its place. duplicate: reported before. round_the_clock: worked on at night.
    """

    at_s: Rows
    limit_s: Rows
    end_s: int
    public: Flags
    placed: Flags
    duplicate: Flags
    round_the_clock: Flags


@dataclass(frozen=True, slots=True)
class Courses:
    """times: (n, len(STEPS)) seconds since 1970, NOT_TAKEN for steps not taken.

    first_due_s: the limit at receipt; due_s: where it was extended the new one.
    """

    times: NDArray[np.int64]
    first_due_s: Rows
    due_s: Rows

    @property
    def last(self) -> Rows:
        """The last step of each case."""
        return np.asarray(len(STEPS) - 1 - np.argmax((self.times != NOT_TAKEN)[:, ::-1], axis=1), dtype=np.int64)


def draw_courses(rng: np.random.Generator, reports: Reports, zone_offset_s: Rows) -> Courses:
    """A course for each report; zone_offset_s: local time minus UTC at each report."""
    age_s = reports.end_s - reports.at_s
    share = age_s / reports.limit_s
    still_open = choose_open(rng, share) | (~reports.placed & (age_s < 2 * DAY_S))
    taken = _plan(rng, reports, share, still_open)
    span_s = _spans(rng, reports, age_s, still_open)
    times = _spread(rng, taken, reports.at_s, span_s)
    daytime = ~reports.round_the_clock
    times[daytime, 1:] = after_hours(times[daytime, 1:], end_s=reports.end_s, offset_s=zone_offset_s[daytime, None])
    _evaluate(rng, taken, times, end_s=reports.end_s, offset_s=zone_offset_s)
    due_s = reports.at_s + reports.limit_s
    return Courses(np.where(taken, times, NOT_TAKEN), due_s, due_s + np.where(taken[:, EXTENDED], reports.limit_s // 2, 0))


def choose_open(rng: np.random.Generator, share: NDArray[np.float64]) -> Flags:
    """Which cases are not done yet. share: of the limit that has passed.

    Nearly all that turn yellow now are open; of the others as many as make 60 : 25 : 15 of green, yellow and red.
    """
    green, yellow, red = (np.flatnonzero(rows) for rows in (share < 0.8, (share >= 0.8) & (share <= 1), share > 1))
    of_yellow = min(round(0.9 * len(yellow)), int(len(green) * YELLOW_SHARE / OPEN_SHARE))
    wanted = ((green, of_yellow * OPEN_SHARE / YELLOW_SHARE), (yellow, of_yellow), (red, of_yellow * RED_SHARE / YELLOW_SHARE))
    chosen = np.zeros(len(share), dtype=bool)
    for rows, number in wanted:
        count = min(len(rows), round(number))
        if count:
            odds = np.exp(-np.minimum(share[rows], 400) * 0.8)  # the younger, the likelier
            chosen[rng.choice(rows, size=count, replace=False, p=odds / odds.sum())] = True
    return chosen


def _plan(rng: np.random.Generator, reports: Reports, share: NDArray[np.float64], still_open: Flags) -> NDArray[np.bool_]:
    """(n, len(STEPS)): which steps each case takes."""
    count = len(share)

    def some(part: float) -> Flags:
        return rng.random(count) < part

    taken = np.zeros((count, len(STEPS)), dtype=bool)
    taken[:, [RECEIVED, FILED, DISPATCHED, ACCEPTED, HANDLED, CLOSED]] = True
    asked = reports.public & some(0.85)
    taken[:, ASKED] = taken[:, VERIFIED] = asked
    taken[:, RETURNED] = taken[:, AGAIN] = some(0.06)
    taken[:, REWORKED] = taken[:, HANDLED_AGAIN] = some(0.04)
    done = ~still_open
    taken[:, REOPENED] = taken[:, HANDLED_LAST] = taken[:, CLOSED_LAST] = done & some(0.01)
    taken[:, EXTENDED] = done & some(0.05)
    taken[:, SUPERVISED] = done & some(0.03)
    refused = done & reports.public & some(0.03) | (done & ~reports.placed)
    merged = done & ~refused & reports.duplicate
    void = done & ~refused & ~merged & some(0.005)
    for ending, rows, after in ((NOT_ACCEPTED, refused, NOT_ACCEPTED), (MERGED, merged, MERGED), (VOIDED, void, VOIDED)):
        taken[rows, after:] = False
        taken[rows, ending] = True
    resting = still_open & reports.placed & (share > 1.3) & some(0.35)
    last = np.where(resting, SUSPENDED, np.where(reports.placed, _reached(rng, share), RECEIVED))
    taken[resting, SUSPENDED] = True
    taken[still_open] &= np.arange(len(STEPS))[None, :] <= last[still_open, None]
    taken[still_open & (share > 1) & taken[:, ACCEPTED] & some(0.6), SUPERVISED] = True
    return taken


def _reached(rng: np.random.Generator, share: NDArray[np.float64]) -> Rows:
    """The step at which each case stands if it is open."""
    reached, lower = np.zeros(len(share), dtype=np.int64), -np.inf
    for upper, weights in PROGRESS:
        rows = np.flatnonzero((share >= lower) & (share < upper))
        reached[rows], lower = np.array(LAST_STEPS)[pick(rng, weights, len(rows))], upper
    return reached


def _spans(rng: np.random.Generator, reports: Reports, age_s: Rows, still_open: Flags) -> NDArray[np.float64]:
    """Seconds from receipt to the last step (without the evaluation)."""
    done = np.minimum(reports.limit_s * np.minimum(rng.gamma(3.0, 0.17, len(age_s)), 3.0), age_s * rng.uniform(0.75, 0.98, len(age_s)))
    return np.where(still_open, age_s * rng.uniform(0.2, 0.95, len(age_s)), done)


def _spread(rng: np.random.Generator, taken: NDArray[np.bool_], at_s: Rows, span_s: NDArray[np.float64]) -> NDArray[np.int64]:
    """Times of the steps taken: gaps of chance in the usual proportion, together as long as the span."""
    usual = np.array([gap for _, _, gap in STEPS])
    gaps = rng.gamma(2.0, 0.5, taken.shape) * usual * taken
    passed = np.cumsum(gaps, axis=1)
    whole = np.maximum(passed[:, -1:], 1e-9)
    return np.asarray(at_s[:, None] + (passed / whole * span_s[:, None]).astype(np.int64), dtype=np.int64)


def _evaluate(rng: np.random.Generator, taken: NDArray[np.bool_], times: NDArray[np.int64], *, end_s: int, offset_s: Rows) -> None:
    """Adds the evaluation, one to six days after the close, where that day has come."""
    closed_s = np.where(taken[:, CLOSED_LAST], times[:, CLOSED_LAST], times[:, CLOSED])
    later_s = (rng.uniform(1, 6, len(closed_s)) * DAY_S).astype(np.int64)
    at_s = after_hours(closed_s + later_s, end_s=end_s, offset_s=offset_s)
    times[:, EVALUATED] = at_s
    taken[:, EVALUATED] = taken[:, CLOSED] & (at_s < end_s) & (rng.random(len(closed_s)) < 0.95)
