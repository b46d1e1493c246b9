"""What the rules look at: the areas of a city or a file, with what several rules need worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.checks.crossings import Crossing, find_crossings
from boundaries.checks.voids import Void, find_voids
from boundaries.codes import duplicates
from boundaries.errors import CrsError
from boundaries.files.columns import require_columns, text_column
from boundaries.files.crs import crs_name
from boundaries.geometry import check_metric_crs
from boundaries.model import Level

__all__ = ["LEAF_KINDS", "Coverage"]

LEAF_KINDS: Final = ("rest", "village")
"""Kinds that own a shape on any level."""

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Coverage:
    """Areas as columns, one row each: codes, levels, kinds, names, parents, shapes in metres.

    Built by `Coverage.of` from a frame. `geoms` holds None where an area has no shape of its own: leaves that share the face of
    another, and parents whose shape is not supplied. A shape on a row that is no leaf is a supplied one, compared and never believed.
    """

    def __init__(
        self,
        *,
        codes: NDArray[np.object_],
        levels: NDArray[np.object_],
        kinds: NDArray[np.object_],
        parent_codes: NDArray[np.object_],
        geoms: NDArray[np.object_],
        ranks: NDArray[np.float64],
        leaf: Mask,
        sources: NDArray[np.object_],
        patterns: dict[str, str],
        metric_crs: str,
    ) -> None:
        self.codes, self.levels, self.kinds, self.parent_codes = codes, levels, kinds, parent_codes
        self.geoms, self.ranks, self.leaf, self.patterns, self.metric_crs = geoms, ranks, leaf, patterns, metric_crs
        self.sources = sources

    @classmethod
    def of(cls, frame: Any, *, levels: Sequence[Level] = ()) -> Coverage:
        """The coverage in a GeoDataFrame whose reference system is metric.

        Columns: `code`, geometry; optional `level`, `kind`, `parent_code` (texts, '' or missing for none), `source` (where a row came
        from, 'layer:row': what an area without a code is called) and `leaf` (bool).
        levels: ranks, patterns and which levels own shapes. Leaves are the rows that `leaf` says; else those of a leaf level or of a
        kind in LEAF_KINDS; without levels, those that no other row names as its parent. Raises FileError `unknown_column`, CrsError.
        """
        require_columns(["code"], frame.columns, name="areas")
        if frame.crs is None:
            raise CrsError("crs_missing", en="The areas have no reference system.", zh="区域数据没有坐标参考系。")
        count = len(frame)

        def texts(column: str) -> NDArray[np.object_]:
            return text_column(frame, column) if column in frame.columns else np.full(count, "", dtype=object)

        by_name = {level.name: level for level in levels}
        names, kinds, parents = texts("level"), texts("kind"), texts("parent_code")
        codes = texts("code")
        if "leaf" in frame.columns:
            leaf = frame["leaf"].to_numpy(dtype=bool)
        elif by_name:
            leaf = np.array([(n in by_name and by_name[n].leaf) or k in LEAF_KINDS for n, k in zip(names, kinds, strict=True)], dtype=bool)
        else:
            leaf = ~np.isin(codes, [parent for parent in set(parents) if parent])
        ranks = [by_name[name].rank if name in by_name else 0 for name in names]
        return cls(
            codes=codes,
            levels=names,
            kinds=kinds,
            parent_codes=parents,
            geoms=np.asarray(frame.geometry, dtype=object),
            ranks=np.array([np.nan if rank is None else rank for rank in ranks], dtype=np.float64),
            leaf=leaf,
            sources=texts("source"),
            patterns={level.name: level.code_pattern for level in levels},
            metric_crs=check_metric_crs(crs_name(frame.crs)),
        )

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def nests(self) -> Mask:
        """Rows on the ladder; those beside it (rank None: compounds) may overlap anything and have no parent."""
        return ~np.isnan(self.ranks)

    @cached_property
    def valid(self) -> Mask:
        """Rows with a shape that is present, not empty and valid."""
        usable: Mask = shapely.is_valid(self.geoms) & ~shapely.is_missing(self.geoms) & ~shapely.is_empty(self.geoms)
        return usable

    @cached_property
    def faces(self) -> Rows:
        """The rows that make up the coverage: leaves on the ladder with a usable shape."""
        return np.flatnonzero(self.leaf & self.nests & self.valid)

    @cached_property
    def enclosed(self) -> NDArray[np.int64]:
        """Pairs (inner, outer) of positions in `faces`, one a row: a piece of the inner one lies inside the outer one.

        The edge check below does not see a face that lies within another without touching its border.
        """
        pieces, owner = shapely.get_parts(self.geoms[self.faces], return_index=True)
        piece, outer = shapely.STRtree(self.geoms[self.faces]).query(shapely.point_on_surface(pieces), predicate="within")
        pairs = np.column_stack((owner[piece], outer))
        return np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)

    @cached_property
    def tree(self) -> Any:
        """An STRtree over the shapes of `faces`."""
        return shapely.STRtree(self.geoms[self.faces])

    @cached_property
    def loose_edges(self) -> NDArray[np.object_]:
        """For each of `faces` the edges that meet another face without matching an edge of it."""
        edges: NDArray[np.object_] = shapely.coverage_invalid_edges(self.geoms[self.faces])
        return edges

    @cached_property
    def crossings(self) -> list[Crossing]:
        """The pairs of `faces` that claim the same land."""
        return find_crossings(self.geoms[self.faces], np.flatnonzero(~self.matched))

    @cached_property
    def voids(self) -> list[Void]:
        """The land of nobody inside the city."""
        return find_voids(self.union, self.geoms[self.faces]) if len(self.faces) else []

    @cached_property
    def matched(self) -> Mask:
        """For each of `faces`: whether it lies in no other and all its edges that meet another face match exactly, vertex by vertex."""
        clean: Mask = shapely.is_empty(self.loose_edges) | shapely.is_missing(self.loose_edges)
        clean[self.enclosed.ravel()] = False
        return clean

    @cached_property
    def union(self) -> Any:
        """The union of all faces, a polygon or multipolygon in metres."""
        return self.union_of(np.arange(len(self.faces)))

    def union_of(self, positions: Rows) -> Any:
        """The union of some of `faces`, given by their positions there; exact and fast where their edges match."""
        geoms = self.geoms[self.faces[positions]]
        return shapely.coverage_union_all(geoms) if self.matched[positions].all() else shapely.union_all(geoms)

    @cached_property
    def parents(self) -> Rows:
        """For each row the row of its parent, -1 where none is named or found: the nearest level above that has the code."""
        by_code: dict[str, list[int]] = {}
        for row, code in enumerate(self.codes):
            by_code.setdefault(code, []).append(row)
        ranked = len({*self.ranks[self.nests].tolist()}) > 1
        result = np.full(len(self), -1, dtype=np.int64)
        for row, code in enumerate(self.parent_codes):
            if not code:
                continue
            above = [at for at in by_code.get(code, ()) if at != row and (not ranked or self.ranks[at] < self.ranks[row])]
            if above:
                result[row] = max(above, key=lambda at: self.ranks[at])
        return result

    @cached_property
    def members(self) -> dict[int, Rows]:
        """For every row that has leaves below it: the positions in `faces` of those leaves. Circles of parents are left out."""
        found: dict[int, list[int]] = {}
        for position, row in enumerate(self.faces.tolist()):
            for above in self.line_up(row):
                found.setdefault(above, []).append(position)
        return {row: np.array(positions, dtype=np.int64) for row, positions in found.items()}

    def line_up(self, row: int) -> list[int]:
        """The rows above one, nearest first; a circle ends where it would begin again."""
        line: list[int] = []
        at = int(self.parents[row])
        while at >= 0 and at != row and at not in line:
            line.append(at)
            at = int(self.parents[at])
        return line

    @cached_property
    def doubled(self) -> dict[tuple[str, str], list[int]]:
        """(level, code) that occurs more than once, with its rows."""
        found: dict[tuple[str, str], list[int]] = {}
        for level in dict.fromkeys(self.levels.tolist()):
            rows = np.flatnonzero(self.levels == level)
            for code, where in duplicates(self.codes[rows]).items():
                found[level, code] = rows[where].tolist()
        return found

    def label(self, row: int) -> str:
        """A row's name in findings: its code, or #row (#layer:row where that is known) where it has none."""
        return self.codes[row] or f"#{self.sources[row] or row}"

    @cached_property
    def supplied(self) -> Rows:
        """The rows of parents whose shape was supplied and is usable, coarse to fine."""
        rows = np.flatnonzero(~self.leaf & self.nests & self.valid)
        return rows[np.argsort(self.ranks[rows], kind="stable")]

    def holder(self, point: Any, *, above: float = np.inf) -> int:
        """The row of the finest supplied parent (of a rank below `above`) that holds a point in metres, -1 for none."""
        rows = self.supplied[self.ranks[self.supplied] < above]
        holding = rows[shapely.intersects(self.geoms[rows], point)]
        return int(holding[-1]) if len(holding) else -1
