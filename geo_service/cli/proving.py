"""citygrid matrix."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import orjson
import shapely
import sqlalchemy as sa
import typer

from boundaries.geometry import to_lonlat
from geo_service.cli.opening import opened
from geo_service.cli.talk import FINDINGS, result, say
from geo_service.flows.dispatch.rules import matrix_in_force, rulebook_in_force, seed_rules
from geo_service.published import Published
from geo_service.responsibility import Places, Proof
from geo_service.responsibility import prove as prove_matrix
from geo_service.rulebooks.places import places_of
from geo_service.workers.tables import agency

matrix = typer.Typer(no_args_is_help=True, help="Who must act: the responsibility matrix.")


@matrix.command("prove")
def prove(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the leaves with gaps or double claims as GeoJSON.")] = None,
) -> None:
    """Prove that every leaf and every matter has exactly one lead. Exit 1 with gaps or double claims."""
    with opened() as wiring, wiring.database.reading() as connection:
        published = wiring.published.current()
        now = wiring.clock.now()
        day = now.astimezone(ZoneInfo(published.city.timezone)).date()
        places, categories = places_of(published), rulebook_in_force(connection, at=now).categories
        proof = prove_matrix(matrix_in_force(connection, at=now).rules, categories, places, on=day)
        if out is not None:
            out.write_bytes(orjson.dumps(drawn(published, places, proof)))
    said = proof.as_json()
    for name in ("leaves", "categories", "gap_pairs", "double_pairs", "seconds") if not as_json else ():
        result(f"{name}\t{said[name]}")
    if as_json:
        result(orjson.dumps(said).decode())
    if not proof.complete:
        raise typer.Exit(FINDINGS)


@matrix.command("seed")
def seed() -> None:
    """Give the city the rules that ship with the program, made out to its own agencies; a new version where they differ."""
    with opened() as wiring, wiring.database.writing() as connection:
        published = wiring.published.current()
        codes = list(connection.execute(sa.select(agency.c.code).order_by(agency.c.agency_id)).scalars())
        named = {level: sorted(a.code for a in published.areas.values() if a.level == level) for level in ("city", "district")}
        city = named["city"][0] if named["city"] else published.city.division_code
        at = wiring.clock.now()
        seed_rules(connection, agency_codes=codes, city=city, districts=named["district"], actor="command line", at=at)
        version = matrix_in_force(connection, at=at).version
    say(f"责任矩阵现为第 {version} 版", f"the matrix is at version {version}")


def drawn(published: Published, places: Places, proof: Proof) -> dict[str, Any]:
    """The leaves of every finding, in WGS-84; a leaf that shares a face is drawn by its face's owner."""
    features = []
    for kind, found in [*(("gap", one) for one in proof.gaps), *(("double_claim", one) for one in proof.double_claims)]:
        for code in (leaf for leaf in places.leaves if found.area in places.chain(leaf)):
            shape = published.by_code[code].geometry
            if shape is not None:
                place = orjson.loads(shapely.to_geojson(to_lonlat(shape, published.city.metric_crs)))
                features.append({"type": "Feature", "geometry": place, "properties": {"kind": kind, "leaf": code, **found.as_json()}})
    return {"type": "FeatureCollection", "features": features}
