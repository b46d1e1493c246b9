"""Invalid polygons repaired in a child process with limits, for `make_valid` can be made to run for hours on 12 kB of input.

A random self-crossing ring of 1,000 vertices (41 kB) keeps the default method busy for more than 40 s; the method used here
('structure') needs 6 s and 270 MB for it. Real published polygons need some 0.05 s. So: only on request, never in this process, never
longer than the limit, and what was repaired is told.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Outcome", "repair_polygons"]

_FRAME: Final = struct.Struct("<bI")
_START_S: Final = 30.0
_CHILD: Final = Path(__file__).with_name("repair_child.py")
_TIME_SIGNALS: Final = (-9, -14, -24)  # SIGKILL (sent below), SIGALRM, SIGXCPU


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one polygon: the repaired one, or None with the reason in English and Chinese."""

    polygon: Any
    reason: str = ""
    reason_zh: str = ""


_TOO_LONG: Final = Outcome(None, "it took longer than allowed", "修复超出时间限制")
_TOO_LARGE: Final = Outcome(None, "it needed more memory than allowed", "修复超出内存限制")
_NOTHING_LEFT: Final = Outcome(None, "no polygon is left of it", "修复后没有剩余的面")
_DIED: Final = Outcome(None, "the repair broke off, most likely for want of memory", "修复中断,很可能是内存不足")
_LATE: Final = Outcome(None, "the time for all repairs together was used up", "全部修复的总时间已用完")


def repair_polygons(
    geoms: Sequence[Any] | NDArray[np.object_], *, limit_s: float = 5.0, memory_mb: int = 512, total_s: float = 60.0
) -> list[Outcome]:
    """One outcome a polygon: repaired by `make_valid(method="structure")`, or refused.

    geoms: polygons in any plane system. limit_s: seconds for one polygon; memory_mb: what it may need beyond the bare process (by
    RLIMIT_AS, where the system keeps it; Linux does); total_s: seconds for all. The answer comes within total_s + limit_s and the
    start of a process. A repaired polygon is a valid, non-empty Polygon or MultiPolygon; lines and points left over are dropped.
    """
    outcomes: list[Outcome] = []
    deadline = time.monotonic() + total_s
    while len(outcomes) < len(geoms):
        if time.monotonic() >= deadline:
            outcomes += [_LATE] * (len(geoms) - len(outcomes))
            break
        outcomes += _one_child(geoms[len(outcomes) :], limit_s, memory_mb, deadline)
    return outcomes


def _one_child(geoms: Sequence[Any] | NDArray[np.object_], limit_s: float, memory_mb: int, deadline: float) -> list[Outcome]:
    """The outcomes up to and including the first polygon that a child did not survive."""
    body = b"".join(struct.pack("<I", len(wkb)) + wkb for wkb in shapely.to_wkb(np.asarray(geoms, dtype=object)))
    command = [sys.executable, "-P", str(_CHILD), str(limit_s), str(memory_mb)]  # -P: this folder's names must not shadow others
    patience = _START_S + max(deadline - time.monotonic(), 0.0) + limit_s
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        try:
            output, _ = child.communicate(body, timeout=patience)
        except subprocess.TimeoutExpired:
            child.kill()
            output, _ = child.communicate()
        code = child.returncode
    outcomes = _read(output)
    if len(outcomes) < len(geoms):
        outcomes.append(_TOO_LONG if code in _TIME_SIGNALS else _DIED)
    return outcomes


def _read(output: bytes) -> list[Outcome]:
    outcomes: list[Outcome] = []
    at = 0
    while at + _FRAME.size <= len(output):
        verdict, size = _FRAME.unpack_from(output, at)
        at += _FRAME.size
        if at + size > len(output):
            break
        outcomes.append(
            Outcome(shapely.from_wkb(output[at : at + size])) if verdict == 0 else _NOTHING_LEFT if verdict == 1 else _TOO_LARGE
        )
        at += size
    return outcomes
