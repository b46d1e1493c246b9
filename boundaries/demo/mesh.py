"""A plan whose faces share their corners: cutting one face in two can neither lose a piece nor leave a gap.

Edges remember every vertex that was ever put on them, from whichever side. A ring is a list of (vertex, edge that leads on to the next
vertex); when the plan is finished, each ring is read out with all vertices of its edges, so neighbours agree by construction.
"""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass, field

Ring = list[tuple[int, int]]
Point = tuple[float, float]


@dataclass(slots=True)
class Edge:
    """A straight line of the plan from vertex `a` to `b`. road: index of the road that runs on it, -1 for none."""

    a: int
    b: int
    half_width_m: float
    road: int
    at: dict[int, float] = field(default_factory=dict)
    order: list[tuple[float, int]] = field(default_factory=list)

    def between(self, start: int, end: int) -> list[int]:
        """The vertices strictly between two vertices of this edge, in that direction."""
        t0, t1 = self.at[start], self.at[end]
        lo, hi = (t0, t1) if t0 < t1 else (t1, t0)
        first = bisect.bisect_right(self.order, (lo, 1 << 60))
        last = bisect.bisect_left(self.order, (hi, -1))
        found = [v for _, v in self.order[first:last]]
        return found if t0 < t1 else found[::-1]


@dataclass(slots=True)
class _Anchor:
    """One end of a cut: on ring segment `segment`, at an existing vertex or at parameter `t` of the edge."""

    segment: int
    vertex: int
    t: float
    place: Point


class Mesh:
    """Vertices (each in the plane of its patch), edges and the cuts between faces."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.patch: list[int] = []
        self.edges: list[Edge] = []

    def vertex(self, place: Point, patch: int) -> int:
        self.points.append(place)
        self.patch.append(patch)
        return len(self.points) - 1

    def edge(self, a: int, b: int, *, half_width_m: float = 0.0, road: int = -1) -> int:
        self.edges.append(Edge(a, b, half_width_m, road, {a: 0.0, b: 1.0}, [(0.0, a), (1.0, b)]))
        return len(self.edges) - 1

    def ring(self, vertices: list[int]) -> Ring:
        """A ring of new edges along the vertices."""
        n = len(vertices)
        return [(v, self.edge(v, vertices[(i + 1) % n])) for i, v in enumerate(vertices)]

    def put(self, edge: int, t: float) -> int:
        """The vertex at parameter t of an edge: a new one."""
        e = self.edges[edge]
        (x0, y0), (x1, y1) = self.points[e.a], self.points[e.b]
        v = self.vertex((x0 + t * (x1 - x0), y0 + t * (y1 - y0)), self.patch[e.a])
        e.at[v] = t
        bisect.insort(e.order, (t, v))
        return v

    def corners(self, ring: Ring) -> list[Point]:
        return [self.points[v] for v, _ in ring]

    def outline(self, ring: Ring) -> list[int]:
        """All vertices along a ring, also those that only its neighbours needed."""
        out: list[int] = []
        for i, (v, e) in enumerate(ring):
            out.append(v)
            out += self.edges[e].between(v, ring[(i + 1) % len(ring)][0])
        return out

    def cut(
        self, ring: Ring, normal: Point, offset: float, *, snap_m: float, half_width_m: float, road: int, least: float
    ) -> tuple[Ring, Ring] | None:
        """Cut a face along normal . p = offset; returns the part below, then the part above, or None if no good cut is there.

        The ends move by up to `snap_m` to a vertex that is already on the border, so that streets meet. Refused are cuts that leave one
        side less than the share `least`, or that would run outside the face.
        """
        hits = self._hits(ring, normal, offset)
        pairs = [(hits[k], hits[k + 1]) for k in range(0, len(hits) - 1, 2)]
        if not pairs:
            return None
        one, two = max(pairs, key=lambda pair: pair[1][0] - pair[0][0])
        a, b = self._anchor(ring, one[1], one[2], snap_m), self._anchor(ring, two[1], two[2], snap_m)
        if a.segment == b.segment or math.dist(a.place, b.place) < 6 or (a.vertex >= 0 and a.vertex == b.vertex):
            return None
        if not self._clear(ring, a, b):
            return None
        if a.segment > b.segment:
            a, b = b, a
        whole, part = abs(signed_area(self.corners(ring))), abs(signed_area(self._piece(ring, a, b)))
        if not least <= part / whole <= 1 - least:
            return None
        first, second = self._divide(ring, a, b, half_width_m, road)
        mean = sum(normal[0] * x + normal[1] * y for x, y in self.corners(first)) / len(first)
        other = sum(normal[0] * x + normal[1] * y for x, y in self.corners(second)) / len(second)
        return (first, second) if mean <= other else (second, first)

    def _hits(self, ring: Ring, normal: Point, offset: float) -> list[tuple[float, int, float]]:
        """Where the line crosses the ring: (position along the line, ring segment, share of the segment)."""
        nx, ny = normal
        points = self.corners(ring)
        d = [nx * x + ny * y - offset for x, y in points]
        out = []
        for i, (x, y) in enumerate(points):
            j = (i + 1) % len(points)
            if (d[i] <= 0) != (d[j] <= 0):
                t = d[i] / (d[i] - d[j])
                px, py = x + t * (points[j][0] - x), y + t * (points[j][1] - y)
                out.append((-ny * px + nx * py, i, t))
        return sorted(out)

    def _anchor(self, ring: Ring, segment: int, share: float, snap_m: float) -> _Anchor:
        (v, e), (w, _) = ring[segment], ring[(segment + 1) % len(ring)]
        edge = self.edges[e]
        (x0, y0), (x1, y1) = self.points[v], self.points[w]
        place = (x0 + share * (x1 - x0), y0 + share * (y1 - y0))
        near = [(math.dist(place, self.points[u]), u) for u in (v, *edge.between(v, w), w)]
        distance, u = min(near)
        if distance <= max(snap_m, 1.5):
            return _Anchor(segment, u, 0.0, self.points[u])
        t = edge.at[v] + share * (edge.at[w] - edge.at[v])
        return _Anchor(segment, -1, t, place)

    def _clear(self, ring: Ring, a: _Anchor, b: _Anchor) -> bool:
        """No side of the ring is crossed or touched by the cut between its two ends."""
        points = self.corners(ring)
        for i, p in enumerate(points):
            q = points[(i + 1) % len(points)]
            if math.dist(p, a.place) < 0.01 or math.dist(q, a.place) < 0.01 or math.dist(p, b.place) < 0.01 or math.dist(q, b.place) < 0.01:
                continue
            if i not in (a.segment, b.segment) and crossing(a.place, b.place, p, q):
                return False
        if any(min(math.dist(p, a.place), math.dist(p, b.place)) > 0.01 and distance_to(p, a.place, b.place) < 2.0 for p in points):
            return False
        middle = ((a.place[0] + b.place[0]) / 2, (a.place[1] + b.place[1]) / 2)
        return inside(middle, points)

    def _piece(self, ring: Ring, a: _Anchor, b: _Anchor) -> list[Point]:
        return [a.place, *(self.points[ring[k][0]] for k in range(a.segment + 1, b.segment + 1)), b.place]

    def _divide(self, ring: Ring, a: _Anchor, b: _Anchor, half_width_m: float, road: int) -> tuple[Ring, Ring]:
        ring, where = list(ring), []
        for anchor in (b, a):  # from the back, so that earlier positions stay right
            v, e = ring[anchor.segment]
            w = ring[(anchor.segment + 1) % len(ring)][0]
            u = anchor.vertex if anchor.vertex >= 0 else self.put(e, anchor.t)
            if u not in (v, w):
                ring.insert(anchor.segment + 1, (u, e))
            where.append(u)
        vb, va = where
        at = {v: i for i, (v, _) in enumerate(ring)}
        new = self.edge(va, vb, half_width_m=half_width_m, road=road)
        n, i, j = len(ring), at[va], at[vb]
        first = [ring[k % n] for k in range(i, j if j > i else j + n)] + [(vb, new)]
        second = [ring[k % n] for k in range(j, i if i > j else i + n)] + [(va, new)]
        return first, second


def signed_area(points: list[Point]) -> float:
    """Area of a ring, positive when it runs counter-clockwise."""
    total, (x0, y0) = 0.0, points[-1]
    for x, y in points:
        total += x0 * y - x * y0
        x0, y0 = x, y
    return total / 2


def crossing(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two straight lines cross or touch."""
    ab_c, ab_d = _side(a, b, c), _side(a, b, d)
    cd_a, cd_b = _side(c, d, a), _side(c, d, b)
    return ab_c * ab_d <= 0 and cd_a * cd_b <= 0


def _side(a: Point, b: Point, p: Point) -> float:
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])


def distance_to(p: Point, a: Point, b: Point) -> float:
    """Metres from a point to the straight line between a and b."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    t = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy)
    t = min(1.0, max(0.0, t))
    return math.dist(p, (a[0] + t * dx, a[1] + t * dy))


def inside(p: Point, ring: list[Point]) -> bool:
    """Whether a point lies in a ring (even-odd)."""
    x, y = p
    odd, (x0, y0) = False, ring[-1]
    for x1, y1 in ring:
        if (y1 > y) != (y0 > y) and x < x1 + (y - y1) / (y0 - y1) * (x0 - x1):
            odd = not odd
        x0, y0 = x1, y1
    return odd
