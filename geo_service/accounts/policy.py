"""Who may do what, where: the one policy of the service. Pure; what is not granted here is refused.

A permission is asked for with `may`; a list, map, count, export or stream is bounded by `scope`, which says which cases an actor's
grants reach. Both read the same table.
"""

from __future__ import annotations

from collections.abc import Mapping

from geo_service.accounts.model import DEMO_OPERATOR, FIELD_ROLES, Actor, Grant
from geo_service.scope import EVERYTHING, NOTHING, Reach, Scope

_FIELD = frozenset({"cases.read", "cases.act", "cases.report", "people.read", "planning.read"})
_LOOKING = frozenset({"cases.read", "people.read", "facilities.read", "planning.read", "evaluation.read"})

PERMISSIONS: Mapping[str, frozenset[str]] = {
    "operator": _FIELD | _LOOKING | {"reporter.reveal", "consult", "visits.write"},
    "supervisor": _FIELD | _LOOKING | {"reporter.reveal", "consult", "visits.write", "export", "jobs.read"},
    "planner": _LOOKING | {"planning.write", "planning.publish"},
    "administrator": _LOOKING
    | {"people.write", "facilities.write", "rules.write", "accounts.write", "messages.write", "jobs.read", "export"}
    | {"planning.write", "planning.publish", "visits.write", "cases.act", "cases.report"},
    "auditor": _LOOKING | {"audit.read", "jobs.read"},
    "api": frozenset({"cases.read", "cases.report", "people.read", "facilities.read", "planning.read"}),
    **dict.fromkeys(FIELD_ROLES, _FIELD | {"facilities.read", "consult"}),
    **dict.fromkeys(("linked_leader", "street_office"), _FIELD | {"facilities.read", "consult", "visits.write"}),
}
"""role -> what it may do."""

ALL_PERMISSIONS = tuple(sorted({permission for granted in PERMISSIONS.values() for permission in granted}))

_DEMO_ROLES = ("operator", "supervisor", "planner", "administrator", "auditor")


def grants_of(actor: Actor) -> tuple[Grant, ...]:
    """What an actor holds; the demonstration's operator stands in for the whole dispatch centre."""
    if actor == DEMO_OPERATOR:
        return tuple(Grant(role) for role in _DEMO_ROLES)
    return actor.held


def permissions_of(actor: Actor) -> frozenset[str]:
    """All an actor may do somewhere; nothing while something is pending (a password to change, a second factor to set up)."""
    if actor.pending:
        return frozenset()
    return frozenset().union(*(PERMISSIONS.get(grant.role, frozenset()) for grant in grants_of(actor)))


def may(actor: Actor, permission: str) -> bool:
    """Whether an actor has a permission anywhere. Where it holds is said by `scope`."""
    return permission in permissions_of(actor)


def scope(actor: Actor, permission: str) -> Scope:
    """Which cases the permission reaches for this actor."""
    if actor.pending:
        return NOTHING
    holding = [grant for grant in grants_of(actor) if permission in PERMISSIONS.get(grant.role, frozenset())]
    if any(grant.area_code is None and grant.categories is None and grant.role != "agency" for grant in holding):
        return EVERYTHING
    reaches = [reach for grant in holding for reach in _reaches(grant)]
    return Scope(reaches=tuple(dict.fromkeys(reaches)))


def holders(permission: str) -> tuple[str, ...]:
    """The roles that have a permission, in the order of the table."""
    return tuple(role for role, granted in PERMISSIONS.items() if permission in granted)


def _reaches(grant: Grant) -> list[Reach]:
    """What a grant reaches. An agency sees the cases that it leads or helps with, never an area as a whole."""
    owned = [Reach(owner=grant.acts_for)] if grant.acts_for else []
    return owned if grant.role == "agency" else [*owned, Reach(grant.area_code, grant.categories)]
