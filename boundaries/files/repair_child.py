"""The process in which polygons are repaired: reads them from stdin, answers on stdout, lets the system kill it when one takes too long."""

from __future__ import annotations

import os
import resource
import signal
import struct
import sys
from pathlib import Path
from typing import Any

import shapely


def main(limit_s: float, memory_mb: int) -> None:
    """Repairs length-prefixed WKB polygons one after another; a frame out is (verdict, size, WKB): 0 repaired, 1 nothing, 2 memory."""
    body = sys.stdin.buffer.read()
    _limit_memory(memory_mb)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # its default ends the process even inside the geometry library
    at = 0
    while at < len(body):
        (size,) = struct.unpack_from("<I", body, at)
        wkb = body[at + 4 : at + 4 + size]
        at += 4 + size
        signal.setitimer(signal.ITIMER_REAL, limit_s)
        verdict, repaired = _repair(wkb)
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout.buffer.write(struct.pack("<bI", verdict, len(repaired)) + repaired)
        sys.stdout.buffer.flush()


def _repair(wkb: bytes) -> tuple[int, bytes]:
    try:
        made = shapely.make_valid(shapely.from_wkb(wkb), method="structure", keep_collapsed=False)
        parts = _polygons(made)
        if not parts:
            return 1, b""
        whole = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
        return (0, shapely.to_wkb(whole)) if shapely.is_valid(whole) else (1, b"")
    except MemoryError:
        return 2, b""
    except shapely.GEOSException as error:
        return (2 if "bad_alloc" in str(error) else 1), b""


def _polygons(geom: Any) -> list[Any]:
    """The polygons in a shape, with the collections around them taken off."""
    if geom.geom_type == "Polygon":
        return [] if geom.is_empty else [geom]
    return [polygon for part in getattr(geom, "geoms", ()) for polygon in _polygons(part)]


def _limit_memory(memory_mb: int) -> None:
    statm = Path("/proc/self/statm")
    used = int(statm.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 1 << 30
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = used + memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
