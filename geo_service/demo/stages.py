"""How far a case has come: which steps it took, and when, for all cases at once.

`STEPS` lists every step a case can take, in the order in which it can take them; a case is a row with the time of each step it took.
Until it is dispatched a case goes its way as quickly as the centre works; from then on its handling clock says how long it takes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_service.demo.nights import after_hours
from geo_service.demo.standing import choose_open, choose_plots

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Clock = Callable[[Rows], tuple[Rows, Rows]]
"""The instants of dispatch -> (warnings, deadlines), one entry a case, in seconds since 1970."""

NOT_TAKEN = -1
MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400

STEPS: tuple[tuple[str, str, float], ...] = (
    ("received", "received", 0.0),
    ("verification_asked", "verifying", 12),
    ("verified", "verifying", 55),
    ("not_accepted", "not_accepted", 20),
    ("merged", "merged", 20),
    ("filed", "filed", 20),
    ("voided", "void", 180),
    ("dispatched", "dispatched", 40),
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
"""(kind of event, state after it, how long after the step before).

Up to the dispatch that is in minutes; behind it the usual share of the time between the dispatch and the end.
"""
(RECEIVED, ASKED, VERIFIED, NOT_ACCEPTED, MERGED, FILED, VOIDED, DISPATCHED, RETURNED, AGAIN, ACCEPTED, EXTENDED, SUPERVISED, SUSPENDED,
 HANDLED, REWORKED, HANDLED_AGAIN, CLOSED, REOPENED, HANDLED_LAST, CLOSED_LAST, EVALUATED) = range(len(STEPS))  # fmt: skip
USUAL = np.array([gap for _, _, gap in STEPS])


@dataclass(frozen=True, slots=True)
class Reports:
    """What the course of a case depends on. at_s, end_s: seconds since 1970.

    public: must be verified first. placed: somebody answers for its place. duplicate: reported before, and found out. recurring: the
    same was reported so often in its place that it goes to consultation. round_the_clock: worked on at night. plots: of each plot (see
    `standing.PLOTS`) how many cases are wanted.
    """

    at_s: Rows
    end_s: int
    public: Flags
    placed: Flags
    duplicate: Flags
    recurring: Flags
    round_the_clock: Flags
    plots: dict[str, int]


@dataclass(frozen=True, slots=True)
class Courses:
    """times: (n, len(STEPS)) seconds since 1970, NOT_TAKEN for steps not taken.

    plots: the rows of the cases that go on from their last step in consultation or at a whistle, by plot.
    """

    times: NDArray[np.int64]
    plots: dict[str, list[int]]


def draw_courses(rng: np.random.Generator, reports: Reports, zone_offset_s: Rows, clock: Clock) -> Courses:
    """Draws the course of every case up to `end_s`. zone_offset_s: local time minus UTC at each report."""
    taken = _endings(rng, reports)
    times = _until_sent(rng, reports, taken, zone_offset_s)
    sent_s = times[:, DISPATCHED].copy()
    warn_s, due_s = clock(sent_s)
    sent = taken[:, DISPATCHED] & (sent_s < reports.end_s)
    plots = choose_plots(rng, reports.plots, np.where(sent, sent_s, reports.end_s), due_s, reports.end_s, reports.recurring)
    put_aside = np.isin(np.arange(len(sent)), [row for rows in plots.values() for row in rows])
    running = choose_open(rng, sent & ~put_aside & ~reports.recurring, sent_s, warn_s, due_s, reports.end_s)
    still_open = running | put_aside
    _plan(rng, taken, still_open)
    taken[put_aside, RETURNED : AGAIN + 1] = False
    _handled(rng, reports, taken, times, still_open, (sent_s, due_s), zone_offset_s)
    taken[put_aside, SUPERVISED] = False
    _leave_in_the_field(rng, reports, taken, times, still_open | ~sent, (sent_s, due_s))
    _evaluate(rng, taken, times, end_s=reports.end_s, offset_s=zone_offset_s)
    taken[reports.recurring & taken[:, DISPATCHED] & ~sent, FILED:] = False  # it would be in consultation as soon as it is filed
    taken &= times < reports.end_s
    return Courses(np.where(taken, times, NOT_TAKEN), plots)


def _endings(rng: np.random.Generator, reports: Reports) -> Flags:
    """(n, len(STEPS)): the steps up to the dispatch that each case takes in the end."""
    count = len(reports.at_s)

    def some(part: float) -> Flags:
        return rng.random(count) < part

    taken = np.zeros((count, len(STEPS)), dtype=bool)
    taken[:, [RECEIVED, FILED, DISPATCHED]] = True
    taken[:, ASKED] = taken[:, VERIFIED] = reports.public & some(0.85) & reports.placed
    refused = reports.public & some(0.03) | ~reports.placed
    merged = ~refused & reports.duplicate
    void = ~refused & ~merged & some(0.005)
    for rows, ending in ((refused, NOT_ACCEPTED), (merged, MERGED), (void, VOIDED)):
        taken[rows, ending:] = False
        taken[rows, ending] = True
    return taken


def _until_sent(rng: np.random.Generator, reports: Reports, taken: Flags, offset_s: Rows) -> NDArray[np.int64]:
    """Times of the steps up to the dispatch, also those that lie behind the end; what falls into a night is done in its morning."""
    count = len(reports.at_s)
    first = slice(RECEIVED, DISPATCHED + 1)
    minutes = rng.gamma(2.0, 0.5, (count, DISPATCHED + 1)) * USUAL[first] * taken[:, first]
    minutes[:, DISPATCHED] *= np.where(rng.random(count) < 0.04, 6, 1)  # now and then nobody is sure whose it is
    minutes[reports.round_the_clock] *= 0.2
    minutes[:, NOT_ACCEPTED] = np.where(reports.placed, minutes[:, NOT_ACCEPTED], rng.uniform(400, 2_500, count))
    times = np.zeros(taken.shape, dtype=np.int64)
    times[:, first] = reports.at_s[:, None] + (np.cumsum(minutes, axis=1) * MINUTE_S).astype(np.int64)
    day = ~reports.round_the_clock
    times[day, 1 : DISPATCHED + 1] = after_hours(
        times[day, 1 : DISPATCHED + 1], end_s=reports.end_s + 9 * DAY_S, offset_s=offset_s[day, None]
    )
    return times


def _plan(rng: np.random.Generator, taken: Flags, still_open: Flags) -> None:
    """The steps behind the dispatch that each case takes if there is time: those done are closed, the open ones are at work."""
    count = len(taken)

    def some(part: float) -> Flags:
        return rng.random(count) < part

    sent, done = taken[:, DISPATCHED], taken[:, DISPATCHED] & ~still_open
    taken[:, ACCEPTED] = sent
    taken[:, RETURNED] = taken[:, AGAIN] = sent & some(0.06)
    taken[:, HANDLED] = taken[:, CLOSED] = done
    taken[:, REWORKED] = taken[:, HANDLED_AGAIN] = done & some(0.04)
    taken[:, REOPENED] = taken[:, HANDLED_LAST] = taken[:, CLOSED_LAST] = done & some(0.01)
    taken[:, EXTENDED] = done & some(0.05)
    taken[:, SUPERVISED] = done & some(0.02)


def _handled(
    rng: np.random.Generator,
    reports: Reports,
    taken: Flags,
    times: NDArray[np.int64],
    still_open: Flags,
    clock_s: tuple[Rows, Rows],
    offset_s: Rows,
) -> None:
    """Times of the steps behind the dispatch. clock_s: dispatch and deadline."""
    sent_s, due_s = clock_s
    limit_s, age_s = due_s - sent_s, np.maximum(reports.end_s - sent_s, 0)
    count, behind = len(sent_s), slice(RETURNED, EVALUATED)
    span_s = np.minimum(limit_s * np.minimum(rng.gamma(3.0, 0.17, count), 3.0), age_s * rng.uniform(0.75, 0.98, count))
    gaps = rng.gamma(2.0, 0.5, (count, EVALUATED - RETURNED)) * USUAL[behind] * taken[:, behind]
    passed = np.cumsum(gaps, axis=1)
    parts = passed / np.maximum(passed[:, -1:], 1e-9) * span_s[:, None]
    soon_s = np.minimum(rng.gamma(2.0, 2.5, count) * HOUR_S, 0.3 * limit_s)  # open ones were signed for soon, however long they take
    parts[still_open] = (passed / np.maximum(passed[:, [ACCEPTED - RETURNED]], 1e-9) * soon_s[:, None])[still_open]
    times[:, behind] = sent_s[:, None] + parts.astype(np.int64)
    day = ~reports.round_the_clock
    times[day, behind] = after_hours(times[day, behind], end_s=reports.end_s, offset_s=offset_s[day, None])
    chased = still_open & (due_s < reports.end_s) & (rng.random(count) < 0.6)
    late_s = due_s + (rng.uniform(0.02, 0.6, count) * np.maximum(reports.end_s - due_s, 0)).astype(np.int64)
    times[:, SUPERVISED] = np.where(chased, np.maximum(late_s, times[:, ACCEPTED]), times[:, SUPERVISED])
    taken[chased, SUPERVISED] = True
    taken[:, EXTENDED] &= times[:, EXTENDED] < due_s  # nobody extends what has run out


def _leave_in_the_field(
    rng: np.random.Generator, reports: Reports, taken: Flags, times: NDArray[np.int64], kept: Flags, clock_s: tuple[Rows, Rows]
) -> None:
    """Some of what would be done waits to be checked, and some was put off (挂账) while its clock still ran."""
    sent_s, due_s = clock_s
    count, end_s = len(sent_s), reports.end_s
    fresh = ~kept & taken[:, HANDLED] & (times[:, HANDLED] < end_s) & (times[:, HANDLED] > end_s - 1.3 * DAY_S)
    unchecked = fresh & (rng.random(count) < 0.4) & ~reports.recurring
    taken[unchecked, HANDLED + 1 :] = False
    chosen = rng.random(count) < 0.004
    put_off_s = sent_s + (rng.uniform(0.3, 0.9, count) * (due_s - sent_s)).astype(np.int64)
    old = (reports.at_s > end_s - 50 * DAY_S) & (put_off_s < end_s - DAY_S) & (put_off_s > times[:, ACCEPTED])
    resting = ~kept & ~unchecked & taken[:, ACCEPTED] & chosen & old & ~reports.recurring
    taken[resting, ACCEPTED + 1 :] = False
    taken[resting, SUSPENDED] = True
    times[:, SUSPENDED] = np.where(resting, put_off_s, times[:, SUSPENDED])


def _evaluate(rng: np.random.Generator, taken: Flags, times: NDArray[np.int64], *, end_s: int, offset_s: Rows) -> None:
    """Adds the evaluation, one to six days after the close, where that day has come."""
    closed_s = np.where(taken[:, CLOSED_LAST], times[:, CLOSED_LAST], times[:, CLOSED])
    later_s = (rng.uniform(1, 6, len(closed_s)) * DAY_S).astype(np.int64)
    at_s = after_hours(closed_s + later_s, end_s=end_s, offset_s=offset_s)
    times[:, EVALUATED] = at_s
    taken[:, EVALUATED] = taken[:, CLOSED] & (closed_s < end_s) & (at_s < end_s) & (rng.random(len(closed_s)) < 0.95)
