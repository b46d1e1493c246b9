"""Which areas of a generation a scope reaches."""

from __future__ import annotations

from geo_service.published.generation import Published
from geo_service.scope import Scope


def codes_within(published: Published, scope: Scope, *, for_changes: bool = False) -> frozenset[str] | None:
    """The codes of the areas that a scope reaches, with all below them; None: every area there is, or was.

    Categories bound cases, not places: who works for some categories in a part of the city looks at that part. for_changes: nobody changes
    a place on the strength of some categories. An owner's cases are no place at all.
    """
    reaches = [reach for reach in scope.reaches if reach.owner is None and not (for_changes and reach.categories is not None)]
    if scope.everything or any(reach.area_code is None for reach in reaches):
        return None
    tops = {area.area_id for reach in reaches if reach.area_code and (area := published.by_code.get(reach.area_code)) is not None}
    inside: dict[int, bool] = dict.fromkeys(tops, True)
    for area in published.areas.values():
        way = []
        key: int | None = area.area_id
        while key is not None and key not in inside:
            way.append(key)
            key = published.areas[key].parent_id
        inside.update(dict.fromkeys(way, key is not None and inside[key]))
    return frozenset(area.code for area in published.areas.values() if inside[area.area_id])
