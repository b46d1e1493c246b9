"""Which hard matters somebody sees: those on cases within their reach, and those in which whoever they act for takes part."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import sqlalchemy as sa

from geo_service.cases.model import Case
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
