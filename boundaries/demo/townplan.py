"""One town on its plan: river, bank roads, streets (as areas), communities and blocks, all by cuts that are roads."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely

from boundaries.demo.blocks import cut_blocks
from boundaries.demo.cutting import Cut, Knife, centre, offset_for
from boundaries.demo.divisions import Divisions, Place
from boundaries.demo.mesh import Mesh, Point, Ring, signed_area
from boundaries.demo.outline import Rim, draw_rim, grow_ribbon
from boundaries.demo.shares import share_out
from boundaries.demo.town import Block, Town, not_drawn

AVENUE = Cut(10.0, 46.0, "avenue", wobble=0.02)


class TownPlanner:
    """Draws one town of the layout. Raises GeometryError where the random drawing fails; the caller tries again."""

    def __init__(
        self, mesh: Mesh, divisions: Divisions, index: int, rng: np.random.Generator, stretch: float, grids: dict[str, int]
    ) -> None:
        self.mesh, self.divisions, self.rng, self.grids = mesh, divisions, rng, grids
        self.spec: dict[str, Any] = divisions.layout["patches"][index]
        self.index, self.stretch = index, stretch
        self.knife = Knife(mesh, rng)
        self.valleys: list[Any] = []
        self.codes = sorted({*self.spec["north"], *self.spec["south"]})
        self.total = {c: len(divisions.streets[c].communities) for c in self.codes}
        self.left: dict[str, list[Place]] = {c: list(divisions.streets[c].communities) for c in self.codes}

    def draw(self) -> Town:
        """The town with all its blocks (kinds: home or other)."""
        ribbons = self._ribbon_counts()
        body = {c: n - ribbons.get(c, 0) for c, n in self.total.items()}
        north = sum(body[c] / (2 if c in self.spec["south"] else 1) for c in self.spec["north"])
        n = sum(body.values())
        rim = draw_rim(self.rng, area_m2=n * self.spec["m2"], aspect=self.spec["aspect"], north_share=min(0.62, max(0.38, north / n)))
        town = self._town(rim)
        ring = self.mesh.ring([self.mesh.vertex(p, self.index) for p in rim.points])
        town.rim_edges.update(e for _, e in ring)
        grown = self._grow(town, ring, ribbons)
        body = {c: n - sum(1 for g in grown if g[0] == c) for c, n in self.total.items()}
        pieces = self._sides(town, ring, body)
        for street, faces in pieces.items():
            self._communities(town, street, faces)
        for street, face, axis in grown:
            self._ribbon(town, street, face, axis)
        town.roads = self.knife.roads
        return town

    def _town(self, rim: Rim) -> Town:
        river = next(r for r in self.divisions.layout["rivers"] if r["name"] == self.spec["river"])
        half = float(river["half_width_m"])
        rail = bool(river["rail"])
        x, y = self.spec["at"]
        reach = max(rim.north_m, rim.south_m) * 1.2 + 2400
        banks = (half, half + 13.0, half + (44.0 if rail else 13.0))
        place = (1000.0 * x * self.stretch, 1000.0 * y * self.stretch)
        return Town(self.index, self.spec["name"], rim, banks, rail, place, math.radians(self.spec["angle"]), reach)

    def _ribbon_counts(self) -> dict[str, int]:
        """About one community in seven lies in a side valley, in streets that have at least five; fewer where the town is very large."""
        return {c: max(1, min(round(n / 7.5), round(0.8 * math.sqrt(n)))) for c, n in self.total.items() if n >= 5}

    def _grow(self, town: Town, body: Ring, wanted: dict[str, int]) -> list[tuple[str, Ring, tuple[Point, Point]]]:
        """Ribbons at the rim of the streets they belong to; each holds one community."""
        out = []
        for side, codes in ((1, self.spec["north"]), (-1, self.spec["south"])):
            share = np.cumsum([0.0] + [self.total[c] for c in codes])
            edges = (-0.93 + 1.86 * share / share[-1]) * town.rim.length_m
            for k, code in enumerate(codes):
                both = code in self.spec["north"] and code in self.spec["south"]
                n = wanted.get(code, 0)
                n = (n + (1 if side > 0 else 0)) // 2 if both else n
                for i in range(n):
                    s = edges[k] + (edges[k + 1] - edges[k]) * (i + 0.5) / n
                    got = self._ribbon_at(town, body, float(s), side)
                    if got is not None:
                        out.append((code, *got))
                        town.ribbons.append((*got[1], code))
        return out

    def _ribbon_at(self, town: Town, body: Ring, s: float, side: int) -> tuple[Ring, tuple[Point, Point]] | None:
        area = self.spec["m2"] * float(self.rng.uniform(0.62, 1.35))
        taken = self.valleys
        for k in range(24):
            width = float(self.rng.uniform(210, 350))
            place = float(np.clip(s + self.rng.uniform(-1, 1) * (60 + 25 * k), -0.8 * town.rim.length_m, 0.8 * town.rim.length_m))
            got = grow_ribbon(self.rng, self.mesh, self.index, body, taken, s=place, side=side, width_m=width, area_m2=area)
            if got is not None:
                taken.append(shapely.Polygon(self.mesh.corners(got[0])).buffer(70))
                town.rim_edges.update((e for _, e in got[0]))
                return got
        return None

    def _sides(self, town: Town, ring: Ring, body: dict[str, int]) -> dict[str, list[Ring]]:
        """The river strip is cut out, then each bank is cut into its streets, west to east."""
        _, south_bank, north_bank = town.half_river_m
        bank = Cut(7.0, 12.0, "avenue" if town.half_river_m[0] > 25 else "street", least=0.0005)
        first = self.knife.along(ring, (0.0, 1.0), -south_bank, bank)
        second = self.knife.along(first[1], (0.0, 1.0), north_bank, bank) if first else None
        if first is None or second is None:
            raise not_drawn("no room for the river")
        town.blocks += [Block(r, self.index, "", "", "river") for r in self._strips(second[0])]
        out: dict[str, list[Ring]] = {c: [] for c in self.codes}
        for face, codes in ((first[0], self.spec["south"]), (second[1], self.spec["north"])):
            weights = [body[c] / (2 if c in self.spec["north"] and c in self.spec["south"] else 1) for c in codes]
            for code, part in zip(codes, self._slices(town, face, weights), strict=True):
                out[code].append(part)
        return out

    def _strips(self, strip: Ring) -> list[Ring]:
        """The river in pieces short enough to follow the communities on its banks."""
        todo, out = [strip], []
        while todo:
            piece = todo.pop()
            points = self.mesh.corners(piece)
            xs = [x for x, _ in points]
            got = None
            if max(xs) - min(xs) > 700:
                got = self.knife.along(piece, (1.0, 0.0), offset_for(points, (1.0, 0.0), 0.5), Cut(0.0, 20.0, "", least=0.1))
            if got is None:
                out.append(piece)
            else:
                todo += [got[1], got[0]]
        return out

    def _slices(self, town: Town, face: Ring, weights: list[float]) -> list[Ring]:
        if len(weights) == 1:
            return [face]
        k = len(weights) // 2
        share = sum(weights[:k]) / sum(weights)
        points = self.mesh.corners(face)
        for lean, part in ((0.0, share), (0.08, share), (-0.08, share), (0.0, share + 0.03), (0.0, share - 0.03), (0.15, share)):
            normal = (math.cos(lean), math.sin(lean))
            got = self.knife.along(face, normal, offset_for(points, normal, part, town.density), AVENUE)
            if got is not None:
                return self._slices(town, got[0], weights[:k]) + self._slices(town, got[1], weights[k:])
        raise not_drawn("a bank could not be cut into streets")

    def _communities(self, town: Town, street: str, faces: list[Ring]) -> None:
        """Cut a street's faces into communities; a street with fewer communities than faces keeps both banks in one."""
        places = self.left[street][: len(self.left[street]) - sum(1 for _, _, s in town.ribbons if s == street)]
        if len(places) < len(faces):
            self._blocks(town, street, places[0], faces)
            return
        faces = sorted(faces, key=lambda f: -abs(signed_area(self.mesh.corners(f))))
        numbers = share_out([abs(signed_area(self.mesh.corners(f))) for f in faces], len(places))
        how = Cut(8.5, 46.0, "road", wobble=0.03, lines_s=self._cross_roads(town), lines_t=self._valley_roads(town))
        pieces = [p for f, n in zip(faces, numbers, strict=True) for p in self.knife.divide(f, n, lambda _: how, town.density)]
        if len(pieces) != len(places):
            raise not_drawn("a street could not be cut into communities")
        pieces.sort(key=lambda p: (round(centre(self.mesh.corners(p))[0] / 600), -centre(self.mesh.corners(p))[1]))
        for place, piece in zip(places, pieces, strict=True):
            self._blocks(town, street, place, [piece])

    def _valley_roads(self, town: Town) -> tuple[float, ...]:
        up = [town.rim.north_m * f for f in ((0.3, 0.56, 0.8) if town.rim.north_m > 900 else (0.42, 0.75))]
        down = [-town.rim.south_m * f for f in ((0.28, 0.54, 0.78) if town.rim.south_m > 900 else (0.4, 0.72))]
        return tuple(up + down)

    def _cross_roads(self, town: Town) -> tuple[float, ...]:
        n = max(2, round(2 * town.rim.length_m / 620))
        return tuple(town.rim.length_m * (-1 + 2 * (k + 0.5 + 0.18 * math.sin(5.1 * k)) / n) for k in range(n))

    def _ribbon(self, town: Town, street: str, face: Ring, axis: tuple[Point, Point]) -> None:
        """A side valley: the brook down its middle with a road beside it, blocks left and right."""
        place = self.left[street].pop()
        (x0, y0), (x1, y1) = axis
        length = math.dist((x0, y0), (x1, y1))
        normal = ((y1 - y0) / length, -(x1 - x0) / length)
        if normal[0] < 0:
            normal = (-normal[0], -normal[1])
        middle = normal[0] * x0 + normal[1] * y0
        first = self.knife.along(face, normal, middle - 9, Cut(6.0, 4.0, "street", least=0.01))
        second = self.knife.along(first[1], normal, middle + 9, Cut(4.0, 4.0, "", least=0.01)) if first else None
        if first is None or second is None:
            raise not_drawn("a side valley could not be cut")
        town.blocks.append(Block(second[0], self.index, street, place.code, "river"))
        self._blocks(town, street, place, [first[0], second[1]])

    def _blocks(self, town: Town, street: str, place: Place, faces: list[Ring]) -> None:
        mining = self.divisions.streets[street].district == self.divisions.layout["mining_district"]
        town.blocks += cut_blocks(self.knife, town, faces, street=street, community=place.code, grids=self.grids[place.code], mining=mining)
