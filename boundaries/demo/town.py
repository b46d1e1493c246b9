"""The records of a town that is being drawn: its blocks and its frame."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from boundaries.demo.mesh import Point, Ring
from boundaries.demo.outline import Rim
from boundaries.errors import GeometryError


def not_drawn(reason: str) -> GeometryError:
    """The error of a drawing that did not work out; another try with other random numbers will."""
    return GeometryError("demo_not_drawn", en="the model city could not be drawn: {reason}", zh="示范城市未能绘出：{reason}", reason=reason)


@dataclass(slots=True)
class Block:
    """A face between streets. kind: home (a grid), or park, school, industry, mine, hill, railway_yard, water, restricted, river."""

    ring: Ring
    patch: int
    street: str
    community: str
    kind: str
    density: float = 0.5
    tilt: float = 0.0
    rim: bool = False
    court: bool = False

    @property
    def home(self) -> bool:
        return self.kind == "home"


@dataclass
class Town:
    """A town's frame and what was cut from it. half_river_m: (half width of the water, south bank, north bank)."""

    index: int
    name: str
    rim: Rim
    half_river_m: tuple[float, float, float]
    rail: bool
    center: tuple[float, float]
    angle: float
    reach_m: float
    blocks: list[Block] = field(default_factory=list)
    ribbons: list[tuple[Point, Point, str]] = field(default_factory=list)
    roads: list[tuple[int, str]] = field(default_factory=list)
    rim_edges: set[int] = field(default_factory=set)

    def density(self, s: float, t: float) -> float:
        """How tightly a place is built, 0.15 .. 1, highest at the middle of the town."""
        depth = self.rim.north_m if t > 0 else self.rim.south_m
        return float(np.clip(1.15 - 0.95 * math.hypot(s / self.rim.length_m, 0.8 * t / depth), 0.15, 1.0))
