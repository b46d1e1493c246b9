"""Rules over areas: coverage -> list of defects, each with areas, a place in lon/lat, a size, a repair and a text in two languages.

| rule | severity | finds | place | size |
| --- | --- | --- | --- |
| `invalid_ring` | error | rings that cross, touch or nest wrongly (self-intersection) | where GEOS says | - |
| `overlap` | error | two leaves claim the same land, wider than 2 mm | the land | m2 |
| `unmatched_vertex` | error | a vertex on a shared border that the neighbour lacks (T-junction), on a straight line too | the vertex | - |
| `gap` | warning | land between several leaves that none covers | the land | m2 |
| `hole` | warning | a hole in one leaf that no leaf fills | the land | m2 |
| `sliver` | warning | a gap, hole or slit narrower than 1 m | the land | m2 |
| `multipart` | warning | a leaf in several pieces | the smallest piece | count |
| `spike` | warning | a border that turns back within 10 degrees, 0.5 m long or more, no wider than 1 m | its tip | m |
| `narrow_neck` | warning | a strip narrower than 2 m between two parts of one leaf | the strip | m |
| `too_small` | warning | a leaf below 25 m2 or narrower than 1 m | the leaf | m2 |
| `missing_code` | error | an area without a code | a point inside | - |
| `malformed_code` | error | a code that is not of its level's pattern | a point inside | - |
| `duplicate_code` | error | several areas of one level with one code | points inside | count |
| `orphan` | error | an area whose parent is missing | a point inside | - |
| `parent_circle` | error | areas that are each other's parents | a point inside | count |
| `parent_without_leaves` | warning | a parent without leaves | a point inside | - |
| `outside_parent` | warning | a leaf partly outside the supplied shape of its parent | that part | m2 |
| `wrong_parent` | warning | a leaf that lies in another supplied parent than the one it names | a point inside | - |
| `parent_differs` | warning | a supplied parent with land that none of its leaves covers | that land | m2 |
| `uncovered_outline` | warning | land at the supplied outline of the city that no leaf covers | the land | m2 |
| `datum_shift` | error | leaves that all lie beside their supplied parents by the same way | the way | m |

Rule names are stable. The proofs of a generation add `coverage`, `coverage_lonlat`, `vertices_lost` and `leaf_without_shape`
(`boundaries.store.proof`); a comparison with the published city adds `datum_shift`, `axes_swapped` and `city_shrinks`
(`boundaries.store.likeness`). What a repair may be: `boundaries.checks.proposals`; what is carried out: `boundaries.checks.mending`.
"""

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule
from boundaries.checks.mending import Moved, mend, moved
from boundaries.checks.registry import RULES, run
from boundaries.checks.remaking import recode, remake_rings
from boundaries.checks.repair import Outcome, repair_polygons
from boundaries.checks.rests import add_rests
from boundaries.checks.shift import Shift, find_shift

__all__ = [
    "RULES",
    "Coverage",
    "Moved",
    "Outcome",
    "Rule",
    "Shift",
    "add_rests",
    "find_shift",
    "mend",
    "moved",
    "recode",
    "remake_rings",
    "repair_polygons",
    "run",
]
