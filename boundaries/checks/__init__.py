"""Rules over areas: coverage -> list of defects, each with areas, a place in lon/lat, a size and a text in two languages."""

from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import Rule
from boundaries.checks.registry import RULES, run
from boundaries.checks.repair import Outcome, repair_polygons

__all__ = ["RULES", "Coverage", "Outcome", "Rule", "repair_polygons", "run"]
