"""The second lock on PostgreSQL: rows of cases show themselves only to a connection that says what it may see.

The first lock is `visible`, on both databases. This one holds for raw SQL too, and for a query somebody forgot to bound: by area, by
owner, and by who was consulted or called; categories are left to the first. It binds a role that does not own the tables
(`citygrid db grant ROLE`): owners and superusers pass it, so that backups are whole. A connection that says nothing sees nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.scope import EVERYTHING, Scope

AREAS, OWNERS = "citygrid.areas", "citygrid.owners"
EVERY = "*"
TABLES = ("case_record", "case_area", "reporter")
_SAID = "string_to_array(coalesce(current_setting('{0}', true), ''), ',')"
_AREAS, _OWNERS = _SAID.format(AREAS), _SAID.format(OWNERS)
_EVERYTHING = f"coalesce(current_setting('{AREAS}', true), '') = '{EVERY}'"
_INSIDE = f"EXISTS (SELECT 1 FROM case_area held WHERE held.case_id = case_record.case_id AND held.area_code = ANY ({_AREAS}))"
_OWNED = f"owner = ANY ({_OWNERS}) OR cohandlers ?| {_OWNERS}"
_ASKED = (
    f"case_id IN (SELECT c.case_id FROM consultation c JOIN consultation_party p USING (consultation_id) WHERE p.party = ANY ({_OWNERS}))"
    f" OR case_id IN (SELECT w.case_id FROM whistle w JOIN whistle_call k USING (whistle_id) WHERE k.agency = ANY ({_OWNERS}))"
)
_POLICIES = {
    "case_record": f"{_EVERYTHING} OR {_OWNED} OR {_INSIDE} OR {_ASKED}",
    # the codes themselves are no secret; which case lies where is, and `case_record` asks here without asking back
    "case_area": f"{_EVERYTHING} OR area_code = ANY ({_AREAS})",
    "reporter": f"{_EVERYTHING} OR EXISTS (SELECT 1 FROM case_record known WHERE known.case_id = reporter.case_id)",
}


def ensure_objects(connection: Connection) -> None:
    """Makes the policies, where the tables exist. Nothing on SQLite. Idempotent; called after every migration."""
    if connection.dialect.name != "postgresql":
        return
    for table in set(TABLES).intersection(sa.inspect(connection).get_table_names()):
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for name, command in (("seen", "SELECT"), ("changed", "UPDATE"), ("removed", "DELETE")):
            connection.exec_driver_sql(f"DROP POLICY IF EXISTS {table}_{name} ON {table}")
            connection.exec_driver_sql(f"CREATE POLICY {table}_{name} ON {table} FOR {command} USING ({_POLICIES[table]})")
        connection.exec_driver_sql(f"DROP POLICY IF EXISTS {table}_added ON {table}")
        connection.exec_driver_sql(f"CREATE POLICY {table}_added ON {table} FOR INSERT WITH CHECK ({_EVERYTHING})")


def say_scope(connection: Connection, scope: Scope) -> None:
    """Says what this transaction may see. Nothing on SQLite."""
    if connection.dialect.name != "postgresql" or scope == EVERYTHING:
        return
    areas = [EVERY if r.area_code is None else r.area_code for r in scope.reaches if r.owner is None]
    owners = [r.owner for r in scope.reaches if r.owner is not None]
    said = {"areas": EVERY if EVERY in areas else ",".join(areas), "owners": ",".join(owners)}
    connection.execute(sa.select(sa.func.set_config(AREAS, said["areas"], True), sa.func.set_config(OWNERS, said["owners"], True)))


def grants(role: str) -> list[str]:
    """What the service's role needs on the owner's tables; the log it may add to, and nothing more."""
    name = '"' + role.replace('"', '""') + '"'
    return [
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"REVOKE UPDATE, DELETE ON event FROM {name}",
    ]
