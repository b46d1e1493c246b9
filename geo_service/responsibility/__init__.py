"""Who must act: the matrix of category, area and calendar, how it decides, and the proof that it leaves nothing out."""

from geo_service.responsibility.matrix import Decision, Places, Rule, Season, category_path, resolve
from geo_service.responsibility.proof import Finding, Proof, prove
from geo_service.responsibility.starter import starter_rules

__all__ = ["Decision", "Finding", "Places", "Proof", "Rule", "Season", "category_path", "prove", "resolve", "starter_rules"]
