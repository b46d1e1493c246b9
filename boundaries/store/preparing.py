"""From a draft's present state to a generation that can be put in force, and from a past generation to a rollback."""

from __future__ import annotations

import datetime as dt
from typing import Any

import geopandas
from sqlalchemy import Connection, insert, literal, select

from boundaries import checks
from boundaries.editing import Draft, Workspace
from boundaries.editing.certificate import prove_state
from boundaries.errors import GenerationError
from boundaries.model import AreaVersion, Defect, Generation
from boundaries.store import tables
from boundaries.store.city import City
from boundaries.store.columns import require_aware
from boundaries.store.draft_tables import lineage
from boundaries.store.proof import prove
from boundaries.store.publish import publish
from boundaries.store.refusals import store_errors
from boundaries.store.repository import add_generation, generation, next_number

__all__ = ["Prepared", "keep_lineage", "prepare", "restore", "store_prepared"]


class Prepared:
    """What preparing worked out, outside any transaction: the frame, the proofs, the defects."""

    def __init__(self, draft: Draft, city: City) -> None:
        self.draft = draft
        self.frame = frame_of(draft.workspace)
        proven = prove(self.frame, metric_crs=city.metric_crs, levels=city.levels)
        edges = prove_state(draft.workspace)
        found = checks.run(self.frame, levels=city.levels)
        self.proof: dict[str, Any] = {**proven.proof, "edges": edges.to_json()["edges"], "edges_hold": edges.edges.holds}
        self.defects: list[Defect] = [*proven.defects, *found]


def prepare(draft: Draft, city: City) -> Prepared:
    """Proves and checks a draft's present state: two independent proofs (coverage validity, integer edges) and every rule.

    The slow part of publishing (a few seconds for 11,000 leaves), done without holding the database.
    """
    return Prepared(draft, city)


@store_errors()
def store_prepared(connection: Connection, prepared: Prepared, *, base: Generation, title: str, actor: str, at: dt.datetime) -> Generation:
    """The generation of a prepared draft, status imported, with its lineage."""
    states = prepared.draft.workspace.states
    identities = {(state.level, state.code): key for key, state in states.items() if key > 0}
    made = add_generation(
        connection,
        areas=prepared.frame,
        source=f"draft: {title}",
        datum=base.datum,
        metric_crs=base.metric_crs,
        actor=actor,
        at=at,
        kind="draft",
        parent=base.number,
        proof=prepared.proof,
        defects=prepared.defects,
        identities=identities,
    )
    total = prepared.draft.total()
    if total is not None:
        keep_lineage(connection, made.number, prepared.draft, states)
    return made


def keep_lineage(connection: Connection, number: int, draft: Draft, states: Any) -> None:
    """Writes where the land of changed areas went, by the identities the generation gave to founded areas."""
    version, member = tables.area_version.c, tables.generation_member.c
    joined = tables.generation_member.join(tables.area_version, member.version_id == version.version_id)
    asked = select(version.level, version.code, version.area_id).select_from(joined).where(member.number == number)
    by_code = {(row.level, row.code): row.area_id for row in connection.execute(asked)}
    total = draft.total()
    rows = []
    for entry in total.lineage if total else ():
        to_state = states.get(entry.to_key)
        to_area = by_code.get((to_state.level, to_state.code)) if to_state else None
        from_area = entry.from_key if entry.from_key is None or entry.from_key > 0 else None
        if to_area is None or (entry.from_key is not None and from_area is None):
            continue  # between areas that this draft founded and ended again
        rows.append(
            {
                "number": number,
                "kind": entry.kind,
                "from_area": from_area,
                "to_area": to_area,
                "area_m2": entry.area_m2,
                "area_share": entry.area_share,
                "household_share": entry.household_share,
            }
        )
    if rows:
        connection.execute(insert(lineage), rows)


def frame_of(workspace: Workspace) -> geopandas.GeoDataFrame:
    """The areas of a workspace as `add_generation` takes them."""
    states = workspace.states
    rows = [
        {
            "code": state.code,
            "level": state.level,
            "kind": state.kind,
            "name": state.name,
            "parent_code": states[state.parent].code if state.parent is not None else None,
            "shares_face_of": states[state.shares_face_of].code if state.shares_face_of is not None else None,
            "households": state.households,
            "geometry": state.geometry,
        }
        for state in workspace.members()
    ]
    columns = ["code", "level", "kind", "name", "parent_code", "shares_face_of", "households", "geometry"]
    return geopandas.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=workspace.metric_crs)


@store_errors()
def restore(connection: Connection, *, number: int, actor: str, at: dt.datetime) -> Generation:
    """Rolls back: a new generation with the members and proofs of an old one, put in force at once.

    Raises GenerationError `generation_unknown`, `never_published`, and whatever `publish` raises.
    """
    moment = require_aware(at)
    old = generation(connection, number)
    if old.status != "published":
        raise GenerationError("never_published", en="Generation {number} was never in force.", zh="版本 {number} 从未生效。", number=number)
    current = connection.execute(select(tables.current_generation.c.number).with_for_update()).scalar_one()
    made = next_number(connection)
    record = tables.generation
    source = connection.execute(select(record).where(record.c.number == number)).one()._mapping
    connection.execute(
        insert(record).values(
            number=made,
            parent=current,
            kind="rollback",
            status="imported",
            source=f"generation {number}",
            datum=source["datum"],
            metric_crs=source["metric_crs"],
            content_hash=source["content_hash"],
            created_at=moment,
            actor=actor,
            proof=source["proof"],
            defects=source["defects"],
        )
    )
    member = tables.generation_member
    copied = select(literal(made), member.c.area_id, member.c.version_id).where(member.c.number == number)
    connection.execute(insert(member).from_select(["number", "area_id", "version_id"], copied))
    return publish(connection, number=made, actor=actor, at=moment)


def members_of(states: Workspace) -> list[AreaVersion]:
    """The areas of a workspace as members of a generation that does not exist yet (version 0), for lookups against a draft."""
    return [
        AreaVersion(0, s.key, s.level, s.code, s.name, s.kind, s.parent, s.geometry, s.households, s.shares_face_of, s.content_hash)
        for s in states.members()
    ]
