"""A synthetic model city: real names and codes of a city, made-up shapes, houses and addresses; deterministic for a seed and a scale."""

from boundaries.demo.city import DemoCity, build_city
from boundaries.demo.levels import levels

__all__ = ["DemoCity", "build_city", "levels"]
