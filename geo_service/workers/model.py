"""Posts come before persons: a post is a duty for an area, persons hold it for a time, stand-ins fill it while they are away."""

from __future__ import annotations

from dataclasses import dataclass

POST_TITLES = {
    "micro_grid_leader": ("微网格长", "micro-grid leader"),
    "grid_worker": ("专职网格员", "grid worker"),
    "community_secretary": ("社区书记", "community secretary"),
    "village_committee": ("村委会", "village committee"),
    "street_office": ("街道（乡镇）办", "street or town office"),
    "district_centre": ("区县指挥中心", "district centre"),
    "city_centre": ("市级调度中心", "city dispatch centre"),
    "micro_grid_member": ("微网格员", "micro-grid member"),
    "linked_leader": ("包联领导", "linked leader"),
}

ANSWERING = (
    "micro_grid_leader",
    "grid_worker",
    "community_secretary",
    "village_committee",
    "street_office",
    "district_centre",
    "city_centre",
)
"""Roles a report is handed to, finest first; members and linked leaders help and watch, they are not routed to."""


@dataclass(frozen=True, slots=True)
class Agency:
    """Whoever must act on what is dispatched: a department, a street office, a property firm."""

    agency_id: int
    code: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class Responsible:
    """The one who answers for a place. `person` is None while the post is vacant; `stands_in` tells a stand-in from the holder."""

    post_id: int
    role: str
    area_code: str
    area_level: str
    person_id: int | None
    name: str | None
    agency: str | None
    stands_in: bool
    phone: str | None

    def title(self, language: str) -> str:
        """The post's title in the caller's language."""
        zh, en = POST_TITLES[self.role]
        return zh if language.lower().startswith("zh") else en
