"""The workflow of a case: one table of what may happen, decided by pure rules; a case is the fold of its events."""

from geo_service.cases.workflow.deciding import Refusal, Transition, allowed, decide, require
from geo_service.cases.workflow.diagram import diagram
from geo_service.cases.workflow.effects import apply, fold, opened
from geo_service.cases.workflow.guards import GUARDS, Guard, Policy
from geo_service.cases.workflow.payloads import PAYLOADS
from geo_service.cases.workflow.reading import FieldError, instant_or_none, names_owner
from geo_service.cases.workflow.state import Asked, CaseState, Recorded
from geo_service.cases.workflow.table import OPEN, OWNED, TABLE, Row
from geo_service.cases.workflow.words import AFFAIRS, DELIBERATIONS, ENTRIES, NOT_ACCEPTED, RESULTS, RETURNS, ROLES

__all__ = [
    "AFFAIRS",
    "DELIBERATIONS",
    "ENTRIES",
    "GUARDS",
    "NOT_ACCEPTED",
    "OPEN",
    "OWNED",
    "PAYLOADS",
    "RESULTS",
    "RETURNS",
    "ROLES",
    "TABLE",
    "Asked",
    "CaseState",
    "FieldError",
    "Guard",
    "Policy",
    "Recorded",
    "Refusal",
    "Row",
    "Transition",
    "allowed",
    "apply",
    "decide",
    "diagram",
    "fold",
    "instant_or_none",
    "names_owner",
    "opened",
    "require",
]
