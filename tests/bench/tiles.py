"""Boundary tiles of the whole demonstration city: building them, and serving them against PostGIS. Exit 1 when a bar is missed.

python tests/bench/tiles.py [--scale 1.0]

Both sides are asked over HTTP from the same process for the same tiles, one after the other in turns: ours from memory, PostGIS through
a bare server that does nothing but pass ST_AsMVT on, uncompressed (indexed shapes in Web Mercator, one layer; ours carries up to eight).
"""

from __future__ import annotations

import argparse
import platform
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import geopandas
import numpy as np
import psycopg

from boundaries.demo import build_city, levels
from boundaries.pyramid import Pyramid, build, pack
from boundaries.store.proof import prove
from boundaries.store.publish import publish
from boundaries.store.repository import add_generation, members, write_city
from geo_service.clock import SystemClock
from geo_service.db import Database
from geo_service.demo.build import with_compounds
from geo_service.migrations import migrate
from tests.services.postgis import running_server
from tests.services.serving import Process

TURNS, SECONDS = 5, 1.5
ZOOMS = (10, 11, 12, 13, 14)

Tile = tuple[int, int, int]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", type=float, default=1.0)
    scale = options.parse_args().scale
    print(f"{platform.node()}: {platform.processor() or platform.machine()}, Python {platform.python_version()}, scale {scale}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'city.db'}"
        found(url, scale)
        pyramid, results = built(url)
        results += served(url, folder, pyramid)
    return 0 if all(results) else 1


def bar(name: str, value: float, limit: float, unit: str, *, least: bool = False) -> bool:
    good = value >= limit if least else value <= limit
    print(f"{'ok    ' if good else 'MISSED'} {name:60s} {value:10.2f} {unit} (bar {limit:g})")
    return good


def found(url: str, scale: float) -> None:
    """The demonstration city's areas and compounds, published; nothing else of it is needed here."""
    city = build_city(seed=1, scale=scale)
    areas = with_compounds(city)
    crs, now = str(city.areas.crs), SystemClock().now()
    migrate(url)
    database = Database(url)
    with database.writing() as connection:
        write_city(connection, name="阳泉市", division_code="140300", metric_crs=crs, levels=levels(), timezone="Asia/Shanghai", at=now)
        proven = prove(areas, metric_crs=crs, levels=levels())
        made = add_generation(
            connection, areas=areas, source="bench", datum="cgcs2000", metric_crs=crs, actor="bench", at=now, proof=proven.proof
        )
        publish(connection, number=made.number, actor="bench", at=now)
    database.close()


def built(url: str) -> tuple[Pyramid, list[bool]]:
    database = Database(url)
    with database.reading() as connection:
        everything = members(connection, 1)
    database.close()
    crs = "EPSG:4547"
    started, cpu = time.perf_counter(), time.process_time()
    pyramid = build(everything, levels=levels(), metric_crs=crs)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    content = pack(pyramid)
    started = time.perf_counter()
    Pyramid.unpack(content)
    read_ms = 1e3 * (time.perf_counter() - started)
    print(f"       {len(everything)} areas, {len(pyramid.tiles)} tiles, {len(content) / 1e6:.2f} MB, read in {read_ms:.0f} ms")
    for zoom in sorted({tile[0] for tile in pyramid.tiles}):
        sizes = [len(tile) / 1e3 for key, tile in pyramid.tiles.items() if key[0] == zoom]
        print(f"       z{zoom:<2d} {len(sizes):5d} tiles, largest {max(sizes):7.1f} kB gz")
    largest = max(len(tile) for key, tile in pyramid.tiles.items() if key[0] == 10)
    return pyramid, [
        bar("building the pyramid, wall clock", seconds, 10, "s"),
        bar("building the pyramid, processor", cpu, 10, "s"),
        bar("city tile (z10), gzip", largest / 1e3, 100, "kB"),
    ]


def served(url: str, folder: Path, pyramid: Pyramid) -> list[bool]:
    process = Process(url, folder)
    results = []
    with running_server() as server:
        postgis = server.create_database().render_as_string(hide_password=False)
        fill(postgis, url)
        with bare(postgis) as port:
            process.start()
            try:
                rate(process.port, ["/tiles/boundaries/current.json"])  # the service builds its pyramid meanwhile
                for zoom in ZOOMS:
                    tiles = sorted(key for key in pyramid.tiles if key[0] == zoom)
                    results.append(compared(zoom, tiles, process.port, port))
            finally:
                process.kill()
    return results


def compared(zoom: int, tiles: list[Tile], ours: int, theirs: int) -> bool:
    """Requests a second of both sides, in turns; the medians decide."""
    ask = {"ours": (ours, "/tiles/boundaries/1/{}/{}/{}.pbf"), "theirs": (theirs, "/{}/{}/{}")}
    rates: dict[str, list[float]] = {"ours": [], "theirs": []}
    for turn in range(TURNS):
        for side in ("ours", "theirs") if turn % 2 else ("theirs", "ours"):
            port, pattern = ask[side]
            rates[side].append(rate(port, [pattern.format(*tile) for tile in tiles]))
    mine, other = (float(np.median(rates[side])) for side in ("ours", "theirs"))
    print(f"       z{zoom}: {mine:.0f} requests/s from memory, {other:.0f} from PostGIS")
    return bar(f"requests/s against ST_AsMVT, z{zoom}", mine / other, 3, "x", least=True)


def rate(port: int, paths: list[str]) -> float:
    """Requests a second over one kept-alive connection. A bare one: a client that takes longer than the tile would level the two sides."""
    calls = [f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n\r\n".encode() for path in paths]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection, connection.makefile("rb") as answers:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        done, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            connection.sendall(calls[done % len(calls)])
            status, length = answers.readline().split()[1], 0
            while (line := answers.readline()) != b"\r\n":
                if line[:15].lower() == b"content-length:":
                    length = int(line[15:])
            answers.read(length)
            if status not in (b"200", b"204"):
                raise RuntimeError(f"{paths[done % len(paths)]} answered {status.decode()}")
            done += 1
        return done / (time.perf_counter() - started)


def fill(postgis: str, url: str) -> None:
    """The leaves, as PostGIS would serve them best: in Web Mercator, indexed."""
    database = Database(url)
    with database.reading() as connection:
        leaves = [area for area in members(connection, 1) if area.geometry is not None and area.level != "compound"]
    database.close()
    shapes = geopandas.GeoSeries([leaf.geometry for leaf in leaves], crs="EPSG:4547").to_crs("EPSG:3857").to_wkb(hex=True)
    with psycopg.connect(postgis.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE leaf (id bigint, code text, name text, level text, kind text, geom geometry)")
        rows = [(leaf.area_id, leaf.code, leaf.name, leaf.level, leaf.kind, wkb) for leaf, wkb in zip(leaves, shapes, strict=True)]
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO leaf VALUES (%s, %s, %s, %s, %s, ST_SetSRID(%s::geometry, 3857))", rows)
        connection.execute("CREATE INDEX ON leaf USING gist (geom)")
    with psycopg.connect(postgis.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE leaf")


AS_MVT = """WITH tile AS (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box), drawn AS (
  SELECT id, code, name, level, kind, ST_AsMVTGeom(geom, box, 4096, 64, true) AS geom FROM leaf, tile
  WHERE geom && ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) / 64))
SELECT ST_AsMVT(drawn, 'micro_grid', 4096, 'geom', 'id') FROM drawn"""


@contextmanager
def bare(postgis: str) -> Iterator[int]:
    """A server that passes tiles from PostGIS on, over one prepared statement; its port."""
    connection = psycopg.connect(postgis.replace("+psycopg", ""), autocommit=True, prepare_threshold=0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # headers and body in one packet
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            z, x, y = map(int, self.path.strip("/").split("/"))
            row = connection.execute(AS_MVT, {"z": z, "x": x, "y": y}).fetchone()
            body = bytes(row[0]) if row else b""
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    run: Callable[[], None] = server.serve_forever
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
