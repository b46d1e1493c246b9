"""From what was sent to the leaf, and from the leaf to the one who answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from boundaries.model import AreaVersion
from boundaries.store.lookup import Location
from geo_service.demo.ladder import Ladder
from geo_service.demo.wording import Said
from geo_service.flows.intake.routing import decide
from geo_service.published import Published


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a report went: the fields of `geo_service.cases.Routing` that routing decides, and the leaf itself."""

    area: AreaVersion | None
    areas: dict[str, str]
    verdict: str
    rule: str
    candidates: list[dict[str, Any]]
    address_level: str | None
    post_id: int | None
    person_id: int | None
    agency: str | None


def route_all(connection: Connection, published: Published, found: Sequence[Location], said: Said, at_s: Sequence[int]) -> list[Routed]:
    """Decides for each report by the intake's own rule, and who answered for its place at that moment (seconds since 1970)."""
    ladder, chains = Ladder(connection), {}
    routed = []
    for i, fix in enumerate(found):
        decision = decide(published, fix if said.has_point[i] else None, said.matches[i])
        area = decision.area
        if area is not None and area.area_id not in chains:
            chains[area.area_id] = [(up.level, up.code) for up in published.chain(area)]
        chain = chains[area.area_id] if area is not None else []
        answers = ladder.responsible(chain, at_s[i]) if chain else None
        post_id, person_id, agency = answers or (None, None, None)
        routed.append(
            Routed(
                area=area,
                areas=dict(chain),
                verdict=decision.verdict,
                rule=decision.rule,
                candidates=decision.candidates,
                address_level=decision.address_level,
                post_id=post_id,
                person_id=person_id,
                agency=agency,
            )
        )
    return routed
