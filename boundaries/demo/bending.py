"""From the straight plan of a town to the ground: one smooth map per town that bends the river, and all streets with it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass
class Bend:
    """Plan (s along the river, t across it, metres) -> metres in the city's CRS.

    Everything is a sum of smooth waves whose strength is lowered until the map nowhere folds; `least` is the smallest local scale of
    areas that was found on a mesh of 60 m or finer.
    """

    origin: tuple[float, float]
    angle: float
    length_m: float
    width_m: float
    phases: Array
    gain: float = 1.0
    least: float = field(default=0.0, init=False)

    @classmethod
    def draw(
        cls, rng: np.random.Generator, *, origin: tuple[float, float], angle: float, length_m: float, width_m: float, reach_m: float
    ) -> Bend:
        """A bend for a town of half `length_m` and half `width_m`; nothing folds up to `reach_m` across the river."""
        bend = cls(origin, angle, length_m, width_m, rng.uniform(0, 2 * np.pi, 24))
        step = max(20.0, min(60.0, width_m / 8))
        s, t = np.meshgrid(np.arange(-1.15 * length_m, 1.15 * length_m, step), np.arange(-reach_m, reach_m + step, step))
        mesh = np.column_stack([s.ravel(), t.ravel()])
        for _ in range(40):
            bend.least = float(np.linalg.det(bend.turn(mesh)).min())
            if bend.least >= 0.5:
                break
            bend.gain *= 0.88
        return bend

    def __call__(self, plan: Array) -> Array:
        s, t = plan[:, 0], plan[:, 1]
        f, g = self.phases, self.gain
        long = min(5200.0, max(1500.0, 1.5 * self.length_m))
        k1, k2 = 2 * math.pi / long, 2 * math.pi / (0.43 * long)
        h = g * long * (0.05 * np.sin(k1 * s + f[0]) + 0.012 * np.sin(k2 * s + f[1]))
        slope = g * long * (0.05 * k1 * np.cos(k1 * s + f[0]) + 0.012 * k2 * np.cos(k2 * s + f[1]))
        width = max(self.width_m, 350.0)
        x = s - 0.85 * t * slope * np.exp(-((t / (1.1 * width)) ** 2))
        y = t + h * np.exp(-((t / (2.6 * width)) ** 2))
        outside = 1 - np.exp(-((t / (1.15 * width)) ** 4))
        x = x + g * outside * (110 * np.sin(t / 330 + f[2] + s / 2600) + 60 * np.sin(t / 170 + f[3] - s / 1900))
        for i, (wave, size) in enumerate(((1900, 34.0), (1300, 20.0), (620, 6.0), (540, 5.0))):
            a, b = f[4 + 4 * i], f[5 + 4 * i]
            w = g * size * np.sin(2 * math.pi / wave * (s * math.cos(a) + t * math.sin(a)) + f[6 + 4 * i])
            x, y = x + w * math.cos(b), y + w * math.sin(b)
        c, d = math.cos(self.angle), math.sin(self.angle)
        return np.column_stack([self.origin[0] + c * x - d * y, self.origin[1] + d * x + c * y])

    def turn(self, plan: Array) -> Array:
        """Local derivative (n, 2, 2): the columns are the images of a unit step along and across the river."""
        along, across = np.array([0.5, 0.0]), np.array([0.0, 0.5])
        return np.stack([self(plan + along) - self(plan - along), self(plan + across) - self(plan - across)], axis=2)
