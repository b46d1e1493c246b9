"""Whom somebody reaches: the posts of their areas, and who holds one; beyond that nobody exists. The one place where that is decided."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.accounts import Actor, may, scope
from geo_service.errors import DeniedError, NotFoundError
from geo_service.published import Published
from geo_service.published.within import codes_within
from geo_service.workers.persons import Within, areas_held, one_person, unknown_stand_in
from geo_service.workers.posts import person_not_found, post_by_id, post_not_found
from geo_service.workers.standing_in import Absence


class Reached:
    """The areas of an actor's people: to look at (people.read, and what they may change), or to change (people.write).

    Who changes people somewhere also reaches persons that were never put on any post: somebody has to put them on one.
    """

    def __init__(self, published: Published, actor: Actor, permission: str = "people.read") -> None:
        self._published = published
        self.codes = codes_within(published, scope(actor, permission), for_changes=permission.endswith(".write"))
        unplaced = permission == "people.write" and bool(self.codes)
        if permission == "people.read" and self.codes is not None and may(actor, "people.write"):
            changing = Reached(published, actor, "people.write")
            unplaced = changing.codes is None or bool(changing.codes)
            self.codes = None if changing.codes is None else self.codes | changing.codes
        self.within = None if self.codes is None else Within(self.codes, unplaced=unplaced)

    def pairs(self) -> list[tuple[str, str]] | None:
        """(level, code) of every area within reach; None: no bounds."""
        if self.codes is None:
            return None
        return [(one.level, one.code) for one in self._published.areas.values() if one.code in self.codes]

    def tops(self) -> list[str]:
        """The codes of the areas within reach that lie in no other such area."""
        found = [one for one in self._published.areas.values() if self.codes is not None and one.code in self.codes]
        inside = {one.area_id for one in found}
        return sorted(one.code for one in found if one.parent_id not in inside)

    def has(self, code: str | None) -> bool:
        """Whether an area lies within reach."""
        return self.codes is None or code in self.codes

    def require_area(self, code: str) -> None:
        """DeniedError for an area out of reach: that it exists is no secret."""
        if not self.has(code):
            raise DeniedError(
                "outside_your_area",
                en="{area} lies outside of the area whose people you look after",
                zh="{area} 不在您的人员管理范围内",
                area=code[:40],
            )

    def post(self, connection: Connection, post_id: int) -> sa.Row[tuple[object, ...]]:
        """The post. NotFoundError for one out of reach, as for one that nobody has."""
        row = post_by_id(connection, post_id)
        if not self.has(row.area_code):
            raise post_not_found(post_id)
        return row

    def has_person(self, connection: Connection, person_id: int) -> bool:
        """Whether a person lies within reach."""
        if self.codes is None or self.within is None:
            return True
        held = areas_held(connection, person_id)
        return not self.codes.isdisjoint(held) if held else self.within.unplaced

    def person(self, connection: Connection, person_id: int) -> sa.Row[tuple[object, ...]]:
        """The person. NotFoundError for one out of reach, as for one that nobody is."""
        row = one_person(connection, person_id)
        if not self.has_person(connection, person_id):
            raise person_not_found(person_id)
        return row

    def require_stand_in(self, connection: Connection, new: Absence) -> None:
        """RequestError `unknown_stand_in` for a person or post out of reach, as for one that is not there."""
        for found, value, field in (
            (self.person, new.stand_in_person_id, "stand_in_person_id"),
            (self.post, new.stand_in_post_id, "stand_in_post_id"),
        ):
            if value is not None:
                try:
                    found(connection, value)
                except NotFoundError as missing:
                    raise unknown_stand_in(value, field) from missing

    def to_change(self, connection: Connection, person_id: int, *, behind: datetime) -> None:
        """NotFoundError as `person`; DeniedError for somebody who also holds, behind the instant of the change, a post out of reach."""
        self.person(connection, person_id)
        for code in areas_held(connection, person_id, behind=behind):
            self.require_area(code)
