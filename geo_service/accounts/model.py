"""An actor: whoever a change in the city's log is put down to, with the roles it holds and where it holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CENTRE_ROLES = ("operator", "supervisor", "planner", "administrator", "auditor", "api")
"""Roles of the dispatch centre and of systems: `api` reads and reports for another system, `auditor` reads the log and changes nothing."""

FIELD_ROLES = (
    "agency",
    "grid_worker",
    "micro_grid_leader",
    "community_secretary",
    "village_committee",
    "street_office",
    "linked_leader",
    "city_leader",
)
"""Roles outside the centre, named as the workflow names them. An agency acts for itself alone: its grant says which."""

ROLES = (*CENTRE_ROLES, *FIELD_ROLES)

ROLE_TEXTS: dict[str, tuple[str, str]] = {
    "operator": ("调度员", "operator"),
    "supervisor": ("监督员", "supervisor"),
    "planner": ("网格规划员", "planner"),
    "administrator": ("管理员", "administrator"),
    "auditor": ("审计员", "auditor"),
    "api": ("外部系统", "other system"),
    "agency": ("责任单位", "agency"),
    "grid_worker": ("专职网格员", "grid worker"),
    "micro_grid_leader": ("微网格长", "micro-grid leader"),
    "community_secretary": ("社区书记", "community secretary"),
    "village_committee": ("村委会", "village committee"),
    "street_office": ("街道（乡镇）办", "street or town office"),
    "linked_leader": ("包联领导", "linked leader"),
    "city_leader": ("市领导", "city leader"),
}
"""role -> (zh, en)."""

Kind = Literal["user", "key", "demo", "anonymous", "program"]


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held for an area and what lies in it (None: the whole city) and for some categories (None: all).

    categories: keys or subtrees, as `social` or `gb47678:matter:06`. acts_for: the owner in whose name the holder handles cases,
    `agency:<code>` or `post:<id>`; such a holder also sees what that owner has, wherever it lies.
    """

    role: str
    area_code: str | None = None
    categories: tuple[str, ...] | None = None
    acts_for: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `name` stands in the log; `role` is the first of its roles; `pending` says what must be done before anything else.

    grants: empty stands for `role` in the whole city, which is how keys and programs hold theirs.
    """

    name: str
    role: str
    grants: tuple[Grant, ...] = ()
    kind: Kind = "key"
    pending: tuple[str, ...] = ()
    account_id: int | None = None

    @property
    def known(self) -> bool:
        return self.role != "anonymous"

    @property
    def held(self) -> tuple[Grant, ...]:
        """What the actor holds: its grants, or its role in the whole city; nothing for a stranger."""
        return self.grants or ((Grant(self.role),) if self.known else ())


ANONYMOUS = Actor("anonymous", "anonymous", kind="anonymous")
DEMO_OPERATOR = Actor("demo", "operator", kind="demo")
