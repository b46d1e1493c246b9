"""Which hard matters somebody sees: those on cases within their reach, and those in which whoever they act for takes part."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.consulting.tables import consultation, consultation_party, whistle, whistle_call
from geo_service.cases.model import Case
from geo_service.cases.repository import case, case_not_found
from geo_service.cases.tables import case_record
from geo_service.cases.visible import reaches, within
from geo_service.scope import EVERYTHING, Scope


@dataclass(frozen=True, slots=True)
class Sight:
    """scope: the cases they reach. voices: the agencies and posts in whose name they act."""

    scope: Scope = EVERYTHING
    voices: tuple[str, ...] = field(default=())

    @property
    def everything(self) -> bool:
        return self.scope.everything

    def of(self, case: Case, parties: Collection[str] = ()) -> bool:
        """Whether they see the case, or what `parties` do about it."""
        if any(voice in parties for voice in self.voices):
            return True
        return reaches(self.scope, case)

    def cases(self) -> sa.Select[tuple[int]]:
        """The ids of the cases within reach, as a query."""
        c = case_record.c
        return sa.select(c.case_id).where(*within(self.scope))


ALL = Sight()


def seen_case(connection: Connection, case_id: int, sight: Sight) -> Case:
    """A case that is within reach, or about which whoever they act for was consulted or called.

    NotFoundError, the same for one that they do not see and for one that does not exist.
    """
    found = case(connection, case_id)
    must_see(connection, found, sight)
    return found


def must_see(connection: Connection, found: Case, sight: Sight) -> None:
    """The same of a case that was read already."""
    if not (sight.of(found) or takes_part(connection, found.case_id, sight.voices)):
        raise case_not_found(found.case_id)


def takes_part(connection: Connection, case_id: int, voices: Collection[str]) -> bool:
    """Whether any of these agencies and posts was asked to a consultation on the case, or called about it by a whistle."""
    if not voices:
        return False
    c, p, w, k = consultation.c, consultation_party.c, whistle.c, whistle_call.c
    consulted = sa.select(p.party).join(consultation, c.consultation_id == p.consultation_id).where(c.case_id == case_id)
    called = sa.select(k.agency).join(whistle, w.whistle_id == k.whistle_id).where(w.case_id == case_id)
    parties = sa.union_all(consulted.where(p.party.in_(voices)), called.where(k.agency.in_(voices)))
    return connection.execute(parties.limit(1)).first() is not None
