"""The areas of a draft in their present state: by key, by code, by parent and by place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.editing.policy import Policy
from boundaries.editing.refusals import refusal
from boundaries.editing.spatial import LeafTree
from boundaries.editing.state import AreaState
from boundaries.errors import EditError
from boundaries.files.columns import as_text
from boundaries.geometry import check_metric_crs, to_metric
from boundaries.model import AreaVersion, Level

__all__ = ["Workspace"]


class Workspace:
    """All areas of one draft. Reading never changes it; only `install` does, and only a `Change` that an operation made.

    Keys are area_ids; areas that the draft founds have negative keys. Leaves are the areas of the ladder that own a shape; areas
    beside the ladder (compounds) are carried along and not edited. A copy costs about a millisecond: keep one for each draft.
    """

    def __init__(
        self, states: Iterable[AreaState], *, levels: Sequence[Level], metric_crs: str, policy: Policy | None = None, households: Any = None
    ) -> None:
        """households: a `PointLayer` of addresses weighted by households, or None: then land decides how households are shared out."""
        self.levels = {level.name: level for level in levels}
        self.metric_crs = check_metric_crs(metric_crs)
        self.policy = policy or Policy()
        self.households = households
        self.outline_drift_m2 = 0.0
        self._next = -1
        self._states: dict[int, AreaState] = {}
        self._children: dict[int, frozenset[int]] = {}
        self._sharers: dict[int, frozenset[int]] = {}
        self._codes: dict[str, list[int]] = {}
        self._ever: set[str] = set()
        children: dict[int, set[int]] = {}
        sharers: dict[int, set[int]] = {}
        for state in states:
            self._states[state.key] = state
            self._codes.setdefault(state.code, []).append(state.key)
            for table, owner in ((children, state.parent), (sharers, state.shares_face_of)):
                if owner is not None:
                    table.setdefault(owner, set()).add(state.key)
            self._next = min(self._next, state.key - 1)
        self._ever.update(self._codes)
        self._children = {key: frozenset(keys) for key, keys in children.items()}
        self._sharers = {key: frozenset(keys) for key, keys in sharers.items()}
        self.leaves = LeafTree({key: state.geometry for key, state in self._states.items() if self._is_leaf(state)})

    @classmethod
    def of(
        cls,
        members: Iterable[AreaVersion],
        levels: Sequence[Level],
        metric_crs: str,
        *,
        policy: Policy | None = None,
        households: Any = None,
    ) -> Workspace:
        """The workspace of a generation's members."""
        return cls(map(AreaState.of, members), levels=levels, metric_crs=metric_crs, policy=policy, households=households)

    @classmethod
    def from_frame(cls, areas: geopandas.GeoDataFrame, levels: Sequence[Level], *, policy: Policy | None = None) -> Workspace:
        """The workspace of a frame (code, level, parent_code, geometry; kind, name, households, shares_face_of) with keys 1, 2, 3 ...

        For notebooks, benchmarks and the fuzz command; a parent_code is looked up among coarser areas, the finest of them.
        """
        ranks = {level.name: -1 if level.rank is None else level.rank for level in levels}
        rows = [{name: None if name == "geometry" else as_text(v) for name, v in row.items()} for row in areas.to_dict("records")]
        by_code: dict[str, list[int]] = {}
        for position, row in enumerate(rows):
            by_code.setdefault(str(row["code"]), []).append(position)
        states = []
        for position, (row, shape) in enumerate(zip(rows, areas.geometry.array, strict=True)):
            rank = ranks[str(row["level"])]
            above = [p for p in by_code.get(str(row["parent_code"]), []) if rank < 0 or -1 < ranks[str(rows[p]["level"])] < rank]
            owners = [p for p in by_code.get(str(row.get("shares_face_of") or ""), []) if rows[p]["level"] == row["level"]]
            states.append(
                AreaState(
                    key=position + 1,
                    level=str(row["level"]),
                    code=str(row["code"]),
                    name=str(row.get("name") or ""),
                    kind=str(row.get("kind") or ""),
                    parent=max(above, key=lambda p: ranks[str(rows[p]["level"])]) + 1 if above else None,
                    geometry=shape,
                    households=int(row.get("households") or 0),
                    shares_face_of=owners[0] + 1 if owners else None,
                )
            )
        return cls(states, levels=levels, metric_crs=str(areas.crs), policy=policy)

    def copy(self) -> Workspace:
        """An independent workspace in the same state."""
        twin = Workspace.__new__(Workspace)
        twin.__dict__.update(self.__dict__)
        twin._states, twin._children, twin._sharers = dict(self._states), dict(self._children), dict(self._sharers)
        twin._codes = {code: list(keys) for code, keys in self._codes.items()}
        twin._ever = set(self._ever)
        twin.leaves = self.leaves.copy()
        return twin

    # -- reading ------------------------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._states)

    def __iter__(self) -> Iterator[int]:
        return iter(self._states)

    def __contains__(self, key: object) -> bool:
        return key in self._states

    def __getitem__(self, key: int) -> AreaState:
        """The state of an area. Raises EditError GONE."""
        try:
            return self._states[key]
        except KeyError:
            raise self.refusal("GONE", area=str(key)) from None

    @property
    def states(self) -> Mapping[int, AreaState]:
        """All states by key."""
        return self._states

    def get(self, key: int | None) -> AreaState | None:
        """The state of an area, None where there is none."""
        return None if key is None else self._states.get(key)

    def leaf(self, key: int) -> AreaState:
        """The state of a leaf that owns a face. Raises EditError GONE, LEVEL."""
        state = self[key]
        if key not in self.leaves:
            owner = self.get(state.shares_face_of)
            if owner is not None:
                reason, reason_zh = f"it shares the face of {owner.code}", f"它与{owner.code}共用图形"
            else:
                reason, reason_zh = "it owns no shape", "它没有自己的图形"
            raise self.refusal("LEVEL", area=state.code, reason=reason, reason_zh=reason_zh)
        return state

    def shape(self, key: int) -> Any:
        """The polygon of a leaf, metres. Raises as `leaf`."""
        return self.leaf(key).geometry

    def find(self, code: str, level: str | None = None) -> AreaState:
        """The area with a code, of a level where named; of several the finest. Raises EditError GONE."""
        found = [self._states[key] for key in self._codes.get(code, ()) if level is None or self._states[key].level == level]
        if not found:
            raise self.refusal("GONE", area=code)
        return max(found, key=lambda state: (self.rank(state), -state.key))

    def rank(self, state: AreaState) -> int:
        """The rank of an area's level; -1 beside the ladder."""
        level = self.levels.get(state.level)
        return -1 if level is None or level.rank is None else level.rank

    def with_code(self, code: str) -> list[AreaState]:
        """Every area that has this code."""
        return [self._states[key] for key in self._codes.get(code, ())]

    def was_code(self, code: str) -> bool:
        """Whether any area has or had this code in this draft: a code that retired is not handed out again."""
        return code in self._ever

    def children(self, key: int) -> frozenset[int]:
        """The keys of the areas directly below."""
        return self._children.get(key, frozenset())

    def sharers(self, key: int) -> list[AreaState]:
        """The areas without a polygon that share this one's face, by code."""
        return sorted((self._states[other] for other in self._sharers.get(key, ())), key=lambda state: state.code)

    def ancestors(self, key: int | None) -> list[int]:
        """The key itself and those above it, nearest first."""
        chain: list[int] = []
        while key is not None and (state := self._states.get(key)) is not None and key not in chain:
            chain.append(key)
            key = state.parent
        return chain

    def leaves_below(self, key: int) -> list[int]:
        """The keys of all leaves with a face at or below an area, ascending."""
        found, open_keys = [], [key]
        while open_keys:
            current = open_keys.pop()
            if current in self.leaves:
                found.append(current)
            open_keys.extend(self.children(current))
        return sorted(found)

    def next_key(self) -> int:
        """The key that the next founded area gets."""
        return self._next

    def metric(self, geometry: Any) -> Any:
        """A drawn geometry (WGS-84 lon/lat) in metres on the 1 mm grid: the one place where coordinates come in."""
        return to_metric(geometry, self.metric_crs)

    def refusal(self, code: str, *, place: Any = None, area: str | None = None, **params: Any) -> EditError:
        """An EditError of this workspace; place in metres."""
        return refusal(code, place=place, metric_crs=self.metric_crs, area=area, **params)

    def polygons(self) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
        """Keys (ascending) and shapes of all leaves."""
        keys = sorted(self.leaves.shapes)
        shapes = np.empty(len(keys), dtype=object)
        shapes[:] = [self.leaves.shapes[key] for key in keys]
        return np.array(keys, dtype=np.int64), shapes

    def members(self) -> list[AreaState]:
        """All states by key."""
        return [self._states[key] for key in sorted(self._states)]

    def union(self, keys: Iterable[int]) -> Any:
        """The union of some leaves, metres."""
        return shapely.coverage_union_all([self.leaves.shapes[key] for key in keys])

    # -- writing ------------------------------------------------------------------------------------------------------------------

    def install(self, after: Mapping[int, AreaState | None], *, outline_drift_m2: float = 0.0) -> None:
        """Puts the after-images of a change in place; None removes. The caller has checked them."""
        self.outline_drift_m2 += outline_drift_m2
        for key, state in after.items():
            old = self._states.get(key)
            if old is not None:
                self._unlink(old)
            if state is None:
                self._states.pop(key, None)
                self.leaves.put(key, None)
                continue
            self._states[key] = state
            self._link(state)
            shape = state.geometry if self._is_leaf(state) else None
            if old is None or old.geometry is not shape:
                self.leaves.put(key, shape)
            self._next = min(self._next, key - 1)

    def _is_leaf(self, state: AreaState) -> bool:
        return state.geometry is not None and self.rank(state) >= 0

    def _link(self, state: AreaState) -> None:
        self._codes.setdefault(state.code, []).append(state.key)
        self._ever.add(state.code)
        for table, owner in ((self._children, state.parent), (self._sharers, state.shares_face_of)):
            if owner is not None:
                table[owner] = table.get(owner, frozenset()) | {state.key}

    def _unlink(self, state: AreaState) -> None:
        self._codes[state.code].remove(state.key)
        for table, owner in ((self._children, state.parent), (self._sharers, state.shares_face_of)):
            if owner is not None:
                table[owner] = table[owner] - {state.key}
