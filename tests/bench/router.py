"""The router's bars, measured in one run and printed: `python -m tests.bench.router [--quick]`. Exit code 1 if one is missed.

CPU time of this process, medians of interleaved repeats, so that a busy machine slows both sides. The rival's points are made beforehand.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from boundaries.router import Index
from tests.bench.layer import City, make_city
from tests.bench.points import harsh_mix, nasty_points

Floats = npt.NDArray[np.float64]


@dataclass
class Report:
    """Prints the table row by row; `failed` once a bar is missed."""

    failed: bool = False

    def row(self, what: str, figure: str, bar: str = "", passed: bool = True) -> None:
        self.failed |= not passed
        print(f"{what:<58} {figure:>22}  {bar:<12} {'' if not bar else 'ok' if passed else 'MISSED'}", flush=True)


def reference(polygons: npt.NDArray[Any], points: Floats) -> npt.NDArray[np.int64]:
    """shapely: the smallest position whose polygon covers the point, or -1."""
    point, polygon = shapely.STRtree(polygons).query(shapely.points(points), predicate="intersects")
    smallest = np.full(len(points), len(polygons))
    np.minimum.at(smallest, point, polygon)
    return np.where(smallest == len(polygons), -1, smallest)


def cpu(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def speed(report: Report, city: City, index: Index, points: Floats, repeats: int) -> float:
    """Bulk and single lookups against STRtree; returns our seconds for the bulk."""
    tree = shapely.STRtree(city.polygons)
    shapes = shapely.points(points)
    lons, lats = np.ascontiguousarray(points.T)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(repeats):
        theirs.append(cpu(lambda: tree.query(shapes, predicate="intersects")))
        ours.extend(cpu(lambda: index.locate_many(lons=lons, lats=lats)) for _ in range(2))
    per = 1e9 / len(points)
    report.row("bulk, harsh mix: ns a point, ours / STRtree.query", f"{median(ours) * per:.0f} / {median(theirs) * per:.0f}")
    ratio = median(theirs) / median(ours)
    report.row("bulk, harsh mix: times faster", f"{ratio:.1f}", ">= 10", ratio >= 10)
    middles = shapely.get_coordinates(shapely.point_on_surface(city.polygons[:4000])).tolist()
    one: list[float] = []
    other: list[float] = []
    for _ in range(repeats):
        one.append(cpu(lambda: [index.locate(lon=x, lat=y) for x, y in middles]))
        other.append(cpu(lambda: [tree.query(shapely.Point(x, y), "intersects") for x, y in middles]))
    per = 1e6 / len(middles)
    report.row("one point inside: us, ours / STRtree.query(Point)", f"{median(one) * per:.2f} / {median(other) * per:.2f}")
    ratio = median(other) / median(one)
    report.row("one point inside: times faster", f"{ratio:.1f}", ">= 5", ratio >= 5)
    anywhere = points[:4000].tolist()
    mixed = median(cpu(lambda: [tree.query(shapely.Point(x, y), "intersects") for x, y in anywhere]) for _ in range(3))
    mixed /= median(cpu(lambda: [index.locate(lon=x, lat=y) for x, y in anywhere]) for _ in range(3))
    report.row("one point of the harsh mix: times faster", f"{mixed:.1f}")
    return median(ours)


def files(report: Report, index: Index) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "city.index"
        saved = median(cpu(lambda: index.save(path)) for _ in range(3))
        loaded = median(cpu(lambda: Index.load(path)) for _ in range(3))
        report.row("file: MB, saved in s", f"{path.stat().st_size / 1e6:.0f}, {saved:.2f}")
        report.row("file: loaded and verified in s", f"{loaded:.2f}", "< 0.3", loaded < 0.3)


def exactness(report: Report, name: str, polygons: npt.NDArray[Any], count: int, single: int) -> None:
    """Nasty points against shapely, in bulk and one by one."""
    index = Index.build(polygons, [f"{n:07d}" for n in range(len(polygons))])
    grid = index.grid
    total = wrong = 0
    for _, points in nasty_points(polygons, count, grid):
        expected = reference(polygons, points)
        found = index.locate_many(lons=points[:, 0], lats=points[:, 1])
        some = np.array([index.locate(lon=x, lat=y) for x, y in points[:single].tolist()])
        wrong += int((found != expected).sum()) + int((some != expected[:single]).sum())
        total += len(points) + len(some)
    report.row(f"nasty points, {name}: wrong of {total:,}", f"{wrong}", "0", wrong == 0)


def variants(city: City, rng: np.random.Generator) -> dict[str, npt.NDArray[Any]]:
    """The layer with holes torn into it, with overlaps, and elsewhere on the globe."""
    polygons = city.polygons
    swollen = polygons.copy()
    some = rng.random(len(swollen)) < 0.03
    swollen[some] = shapely.buffer(swollen[some], 2e-4)

    def moved(lon: float, lat: float) -> npt.NDArray[Any]:
        by = np.array([lon, lat])
        shifted = shapely.transform(polygons, lambda xy: np.round(xy + by, 7))
        return shifted[shapely.is_valid(shifted)]

    return {
        "10 % removed": polygons[rng.random(len(polygons)) < 0.9],
        "3 % swollen by 20 m": swollen,
        "negative lon and lat": moved(-227.16, -75.72),
        "across lon 0 and lat 0": moved(-113.58, -37.86),
        "across lon 0": moved(-113.58, 13.6),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats and points, no growth")
    quick = parser.parse_args().quick
    report = Report()
    versions = f"Python {platform.python_version()}, numpy {np.__version__}, shapely {shapely.__version__}"
    print(f"{platform.node()}, {platform.machine()}, {versions}")
    city = make_city()
    vertices = shapely.get_num_coordinates(city.polygons) - 1
    report.row("leaves, mean vertices", f"{len(city.polygons)}, {vertices.mean():.1f}")
    index = Index.build(city.polygons, city.codes)
    builds = [cpu(lambda: Index.build(city.polygons, city.codes)) for _ in range(1 if quick else 3)]
    report.row("build: s", f"{median(builds):.2f}", "<= 4", median(builds) <= 4)
    report.row("index: MB", f"{index.nbytes / 1e6:.0f}", "<= 120", index.nbytes <= 120e6)
    points = harsh_mix(city, 200_000 if quick else 1_000_000)
    small = speed(report, city, index, points, 3 if quick else 5)
    files(report, index)
    wrong = int((index.locate_many(lons=points[:, 0], lats=points[:, 1]) != reference(city.polygons, points)).sum())
    report.row(f"harsh mix: wrong of {len(points):,}", f"{wrong}", "0", wrong == 0)
    exactness(report, "as it is", city.polygons, 20_000 if quick else 200_000, 5_000)
    for name, polygons in variants(city, np.random.default_rng(5)).items():
        exactness(report, name, polygons, 5_000 if quick else 50_000, 2_000)
    if not quick:
        large = make_city(11)
        big = Index.build(large.polygons, large.codes)
        report.row("ten times: leaves, MB", f"{len(large.polygons)}, {big.nbytes / 1e6:.0f}")
        lons, lats = np.ascontiguousarray(harsh_mix(large).T)
        seconds = median(cpu(lambda: big.locate_many(lons=lons, lats=lats)) for _ in range(5))
        report.row("ten times the leaves: times slower a point", f"{seconds / small:.2f}", "<= 2.5", seconds <= 2.5 * small)
    return int(report.failed)


if __name__ == "__main__":
    sys.exit(main())
