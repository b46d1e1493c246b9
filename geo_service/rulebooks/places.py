"""The areas of a generation as the matrix sees them."""

from __future__ import annotations

from geo_service.published import Published
from geo_service.responsibility import Places


def places_of(published: Published) -> Places:
    """The areas of the ladder in a generation; those that nothing lies below are the leaves."""
    nesting = {level.name for level in published.city.ladder}
    areas = [area for area in published.areas.values() if area.level in nesting]
    above = {area.parent_id for area in areas}
    parents = {a.code: published.areas[a.parent_id].code if a.parent_id is not None else None for a in areas}
    return Places(parents, tuple(sorted(a.code for a in areas if a.area_id not in above)))
