"""Who may do what, where: the one policy of the service. Pure; what is not granted here is refused.

A permission is asked for with `may`; a list, map, count, export or stream is bounded by `scope`, which says which cases an actor's
grants reach. Both read the same table. Who administers accounts for a part of the city is bounded by `may_grant`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

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

CITY_WIDE = frozenset({"audit.read", "messages.write", "rules.write"})
"""Permissions over what belongs to the whole city (its rules, its log, its texts): a grant with bounds does not give them."""

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
    return frozenset().union(*(_given(grant) for grant in grants_of(actor)))


def may(actor: Actor, permission: str) -> bool:
    """Whether an actor has a permission anywhere. Where it holds is said by `scope`."""
    return permission in permissions_of(actor)


def scope(actor: Actor, permission: str) -> Scope:
    """Which cases the permission reaches for this actor."""
    if actor.pending:
        return NOTHING
    holding = [grant for grant in grants_of(actor) if permission in _given(grant)]
    if any(_is_unbounded(grant) for grant in holding):
        return EVERYTHING
    reaches = [reach for grant in holding for reach in _reaches(grant)]
    return Scope(reaches=tuple(dict.fromkeys(reaches)))


def voices_of(actor: Actor) -> tuple[str, ...]:
    """The agencies and posts in whose name an actor acts."""
    return tuple(dict.fromkeys(grant.acts_for for grant in grants_of(actor) if grant.acts_for))


def lacks_the_city(actor: Actor, permission: str) -> bool:
    """Whether the actor has a role with the permission, but for a part of the city only."""
    roles = {grant.role for grant in grants_of(actor)}
    return scope(actor, permission) != EVERYTHING and any(permission in PERMISSIONS.get(role, frozenset()) for role in roles)


def may_grant(actor: Actor, grants: Sequence[Grant], *, above: Callable[[str], Collection[str]]) -> bool:
    """Whether an actor may give these grants, or change and end what holds them.

    Who administers accounts for the whole city may give anything. Anybody else gives nothing but what they hold: each grant lies within
    what they administer, and every permission that it gives is theirs there. What holds no grant at all is the city's. above: of an area's
    code the codes of the area and of all above it.
    """
    if scope(actor, "accounts.write") == EVERYTHING:
        return True
    needed = ((grant, permission) for grant in grants for permission in ("accounts.write", *_given(grant)))
    return bool(grants) and all(_lies_in(scope(actor, permission), grant, above) for grant, permission in needed)


def may_look_up(actor: Actor, grants: Sequence[Grant], *, above: Callable[[str], Collection[str]]) -> bool:
    """Whether an account or key with these grants lies within what the actor administers, whatever its roles may do."""
    administered = scope(actor, "accounts.write")
    return administered == EVERYTHING or (bool(grants) and all(_lies_in(administered, replace(g, acts_for=None), above) for g in grants))


def holders(permission: str) -> tuple[str, ...]:
    """The roles that have a permission, in the order of the table."""
    return tuple(role for role, granted in PERMISSIONS.items() if permission in granted)


def _given(grant: Grant) -> frozenset[str]:
    """What a grant gives: what its role may do, but for what only the whole city gives."""
    given = PERMISSIONS.get(grant.role, frozenset())
    return given if _is_unbounded(grant) else given - CITY_WIDE


def _is_unbounded(grant: Grant) -> bool:
    return grant.area_code is None and grant.categories is None and grant.role != "agency"


def _lies_in(scope: Scope, grant: Grant, above: Callable[[str], Collection[str]]) -> bool:
    areas = above(grant.area_code) if grant.area_code is not None else ()
    return all(scope.holds(reach, areas=areas) for reach in _reaches(grant) or [Reach(grant.area_code, grant.categories)])


def _reaches(grant: Grant) -> list[Reach]:
    """What a grant reaches. An agency sees the cases that it leads or helps with, never an area as a whole."""
    owned = [Reach(owner=grant.acts_for)] if grant.acts_for else []
    return owned if grant.role == "agency" else [*owned, Reach(grant.area_code, grant.categories)]
