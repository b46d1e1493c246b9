"""Hard matters: when they go to consultation, the three tiers of it, the street's whistle, and rulings that become rules. Pure."""

from geo_service.cases.consultation.entry import ENTRY_RULES, EntryRule, Facts, entries
from geo_service.cases.consultation.precedent import ProposedRule, proposed_rule
from geo_service.cases.consultation.tiers import (
    STANCES,
    TIERS,
    Consultation,
    Minutes,
    Opinion,
    Ruling,
    Tier,
    convene,
    give_opinion,
    lift,
    record_minutes,
    rule,
    settle,
    silent,
)
from geo_service.cases.consultation.whistle import Arrival, Rating, Whistle, blow, rate, report_in, standing_of, unanswered

__all__ = [
    "ENTRY_RULES",
    "STANCES",
    "TIERS",
    "Arrival",
    "Consultation",
    "EntryRule",
    "Facts",
    "Minutes",
    "Opinion",
    "ProposedRule",
    "Rating",
    "Ruling",
    "Tier",
    "Whistle",
    "blow",
    "convene",
    "entries",
    "give_opinion",
    "lift",
    "proposed_rule",
    "rate",
    "record_minutes",
    "report_in",
    "rule",
    "settle",
    "silent",
    "standing_of",
    "unanswered",
]
