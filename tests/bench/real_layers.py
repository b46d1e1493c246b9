"""The bars on real layers that are too large, or not ours, to be kept here. Run it by name; it exits 1 when a bar is missed.

    python tests/bench/real_layers.py [FOLDER] [--rows 1000000]

FOLDER holds invalid_real.geojson, algeria.gpkg, dhaka_wards.geojson and dhaka_points_oracle3000.csv (default: ../shared/data/real
beside the repository). A missing folder is a failure, not a skip. --rows: length of the CSV for the memory bar.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas
import shapely

from boundaries import checks, files, geometry
from boundaries.errors import GeometryError
from boundaries.model import Level
from boundaries.router.files import route_file
from boundaries.router.index import Index
from boundaries.store.importing import parse_level_option, read_layers

ROOT = Path(__file__).resolve().parents[2]
LADDER = (Level("wilaya", 0, "", "", False), Level("daira", 1, "", "", False), Level("commune", 2, "", "", True))


def bar_invalid(folder: Path) -> tuple[bool, str]:
    """Every polygon of invalid_real.geojson refused with reason and place, all together within a second."""
    path = folder / "invalid_real.geojson"
    begun = time.perf_counter()
    try:
        files.read_areas(path, code="ref", codes="keep")
    except GeometryError as refusal:
        items = refusal.items
    else:
        return False, "nothing was refused"
    took = time.perf_counter() - begun
    expected = [feature["properties"]["reason"].split("[")[0] for feature in json.loads(path.read_text())["features"]]
    told = sum(reason in item.text("en") and item.place is not None for reason, item in zip(expected, items, strict=False))
    return told == len(items) == len(expected) == 91 and took <= 1.0, f"{told} of {len(expected)} with reason and place in {took:.3f} s"


def bar_repair(folder: Path) -> tuple[bool, str]:
    """All of them repaired on request, in a child process."""
    begun = time.perf_counter()
    frame = files.read_areas(folder / "invalid_real.geojson", code="ref", codes="keep", invalid="repair")
    count = len(frame.attrs["repaired"])
    return count == 91 and bool(frame.geometry.is_valid.all()), f"{count} of 91 in {time.perf_counter() - begun:.2f} s"


def bar_dhaka(folder: Path) -> tuple[bool, str]:
    """3,000 real addresses get the ward that another program gives them."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "out.csv"
        wards = folder / "dhaka_wards.geojson"
        route_file(folder / "dhaka_points_oracle3000.csv", target, areas=wards, code="shapeID", datum="wgs84")
        with target.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
    same = sum(row["area_code"] == row["adm4"] for row in rows)
    return same == len(rows) == 3000, f"{same} of {len(rows)}"


def bar_algeria(folder: Path) -> tuple[bool, str]:
    """Three levels read, checked without an error, and every commune's interior point routed to it, its daira and its wilaya."""
    begun = time.perf_counter()
    layers: list[Any] = []
    for level, layer, code, parent in (
        ("wilaya", "wilayas", "code", None),
        ("daira", "dairas", "osm_id", "wilaya_code"),
        ("commune", "communes", "osm_id", "daira_osm_id"),
    ):
        layers.append(files.read_areas(f"{folder}/algeria.gpkg:{layer}", code=code, parent=parent).assign(level=level))
    frame = geopandas.GeoDataFrame(pandas.concat(layers, ignore_index=True), crs="EPSG:4326")
    crs = geometry.auto_metric_crs(tuple(frame.total_bounds))
    metric = frame.set_geometry(geometry.to_metric(np.asarray(frame.geometry), crs), crs=crs)
    defects = checks.run(metric, levels=LADDER)
    coverage = checks.Coverage.of(metric, levels=LADDER)
    lonlat = geometry.to_lonlat(coverage.geoms, crs)
    inside = shapely.get_coordinates(geometry.to_lonlat(geometry.point_on_surface(coverage.geoms[coverage.faces]), crs))
    right = np.ones(len(inside), dtype=bool)
    for level in ("wilaya", "daira", "commune"):
        rows = np.flatnonzero(coverage.levels == level)
        index = Index.build(lonlat[rows], coverage.codes[rows].tolist())
        found = np.array([*index.codes, ""], dtype=object)[index.locate_many(lons=inside[:, 0].copy(), lats=inside[:, 1].copy())]
        lines = [[row, *coverage.line_up(row)] for row in coverage.faces.tolist()]
        named = [next(coverage.codes[at] for at in line if coverage.levels[at] == level) for line in lines]
        right &= found == np.array(named, dtype=object)
    rules = ", ".join(f"{rule} {count}" for rule, count in Counter(defect.rule for defect in defects).items())
    sound = bool(right.all()) and len(right) == 1538 and all(defect.severity != "error" for defect in defects)
    return sound, f"{int(right.sum())} of {len(right)} points, {time.perf_counter() - begun:.1f} s, {rules}"


def bar_algeria_repair(folder: Path) -> tuple[bool, str]:
    """By the statistical code (one is missing): repaired, no error left, every commune coded, its three holes made rest leaves."""
    options = ("wilaya=wilayas:code", "daira=dairas:osm_id,parent=wilaya_code", "commune=communes:ons_code,parent=daira_osm_id")
    specs = [parse_level_option(option, folder / "algeria.gpkg", name="name_fr") for option in options]
    begun = time.perf_counter()
    found = read_layers(specs, metric_crs="auto", levels=LADDER, repair=True)
    took = time.perf_counter() - begun
    done = Counter(str((defect.repair or {})["operation"]) for defect in found.done)
    left = Counter(defect.rule for defect in found.defects)
    sound = found.proof["coverage_metric"] and all(defect.severity != "error" for defect in found.defects)
    sound = sound and done["recode"] == 1 and not {"gap", "hole", "sliver", "missing_code"} & left.keys()
    moved = sum(area.moved_m2 for area in found.moved if area.before_m2)
    told_done = ", ".join(f"{operation} {count}" for operation, count in done.items())
    told_left = ", ".join(f"{rule} {count}" for rule, count in left.items())
    return sound, f"{took:.1f} s; done: {told_done}; {moved:.1f} m2 moved between leaves; left: {told_left}"


def bar_memory(folder: Path, rows: int) -> tuple[bool, str]:
    """A long CSV is routed within 64 MB of what a short one needs."""
    peaks: list[int] = []
    took = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        for count in (100_000, rows):
            write_points(Path(scratch) / "in.csv", count)
            begun = time.perf_counter()
            command = [sys.executable, __file__, str(folder), "--route", scratch]
            peaks.append(int(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout))
            took = time.perf_counter() - begun
    return peaks[1] - peaks[0] <= 64, f"{peaks[0]} MB for 100,000 rows, {peaks[1]} MB for {rows:,} in {took:.0f} s"


def write_points(path: Path, count: int) -> None:
    random = np.random.default_rng(1)
    with path.open("w") as handle:
        handle.write("id,lon,lat,text\n")
        for start in range(0, count, 100_000):
            size = min(100_000, count - start)
            pairs = zip(random.uniform(90.33, 90.45, size).tolist(), random.uniform(23.68, 23.85, size).tolist(), strict=True)
            handle.writelines(f"{start + at},{lon:.7f},{lat:.7f},report number {at}\n" for at, (lon, lat) in enumerate(pairs))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT.parent / "shared" / "data" / "real")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--route", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.route:
        scratch = Path(given.route)
        route_file(scratch / "in.csv", scratch / "out.csv", areas=given.folder / "dhaka_wards.geojson", code="shapeID", datum="wgs84")
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return 0
    if not given.folder.is_dir():
        print(f"There is no folder {given.folder}: name the one with the real layers.", file=sys.stderr)
        return 1
    bars: list[Callable[[Path], tuple[bool, str]]] = [bar_invalid, bar_repair, bar_dhaka, bar_algeria, bar_algeria_repair]
    missed = 0
    for bar in bars:
        missed += not told(bar.__doc__ or "", bar(given.folder))
    missed += not told(bar_memory.__doc__ or "", bar_memory(given.folder, given.rows))
    return 1 if missed else 0


def told(title: str, outcome: tuple[bool, str]) -> bool:
    print(f"{'ok  ' if outcome[0] else 'MISS'} {title} {outcome[1]}")
    return outcome[0]


if __name__ == "__main__":
    sys.exit(main())
