"""Posts come before persons: a post is a duty for an area, persons hold it for a time, stand-ins fill it while they are away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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
    "mobile_member": ("移动微网格员", "mobile member"),
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

PATROLLING = (*ANSWERING[:4], "micro_grid_member", "mobile_member", "linked_leader")
"""Roles that go out and keep the patrol log."""

ROLE_LEVELS: dict[str, tuple[str, ...]] = {
    "micro_grid_leader": ("micro_grid",),
    "grid_worker": ("grid",),
    "community_secretary": ("community",),
    "village_committee": ("community",),
    "street_office": ("street",),
    "district_centre": ("district",),
    "city_centre": ("city",),
    "micro_grid_member": ("micro_grid",),
    "linked_leader": ("grid",),
    "mobile_member": ("city", "district", "street"),
}
"""role -> levels of areas such a post may be for. Mobile members have no area of their own: theirs is the one that calls them up."""

ABSENCES: dict[str, tuple[str, str]] = {
    "leave": ("休假", "on leave"),
    "sick": ("病假", "on sick leave"),
    "training": ("培训", "in training"),
    "duty": ("公务外出", "away on duty"),
    "secondment": ("借调", "seconded"),
    "other": ("其他事由", "away"),
}
"""Why somebody is away: (zh, en). Shown to those who hold a key, never to the public."""

BODIES: dict[str, tuple[str, str]] = {
    "owners_committee": ("业主委员会", "owners' committee"),
    "party_organisation": ("党组织", "party organisation"),
    "property_firm": ("物业公司", "property firm"),
}
"""Who stands for a residential compound."""

STEPS: dict[str, tuple[str, str]] = {"look": ("看", "look"), "ask": ("问", "ask"), "record": ("记", "record"), "resolve": ("化", "resolve")}
"""What a patrol does (看问记化)."""


@dataclass(frozen=True, slots=True)
class Agency:
    """Whoever must act on what is dispatched: a department, a street office, a property firm."""

    agency_id: int
    code: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class Responsible:
    """The one who answers for a place. `person_id` is None while the post is vacant; `stands_in` tells a stand-in from the holder.

    holder, reason, back_at: for a stand-in, whom it stands in for, why (a key of ABSENCES) and until when (None: nobody knows).
    """

    post_id: int
    role: str
    area_code: str
    area_level: str
    person_id: int | None
    name: str | None
    agency: str | None
    stands_in: bool
    phone: str | None
    holder: str | None = None
    reason: str | None = None
    back_at: datetime | None = None

    def title(self, language: str) -> str:
        """The post's title in the caller's language."""
        zh, en = POST_TITLES[self.role]
        return zh if language.lower().startswith("zh") else en

    def why(self, language: str) -> str | None:
        """Why a stand-in answers, in words; None for the holder. For those who hold a key: it says why somebody is away."""
        if not self.stands_in or self.reason is None:
            return None
        zh, en = ABSENCES[self.reason]
        back = None if self.back_at is None else self.back_at.isoformat(timespec="minutes")
        if language.lower().startswith("zh"):
            return f"{self.holder}{zh}，由{self.name}代理" + ("" if back is None else f"，至 {back}")
        return f"{self.name} stands in for {self.holder}, who is {en}" + ("" if back is None else f" until {back}")
