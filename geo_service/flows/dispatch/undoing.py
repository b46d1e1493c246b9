"""What takes an action back, where anything does. Nothing is ever removed from the log: to undo is one more action. Pure."""

from __future__ import annotations

from typing import Any

from geo_service.cases.model import Case

NEVER_IN_BULK = ("merge", "consult")
"""Actions that reach beyond the one case, each with its own decision."""

UNDOABLE = ("assign_cohandlers", "correct_routing", "hand_over", "recategorise", "suspend")
"""Actions that another action takes back, if the case had before what they change."""


def undo_of(event: str, before: Case, *, reason: str) -> tuple[str, dict[str, Any]] | None:
    """(action, payload) that brings back what `event` changes in a case as it was before; None where nothing does."""
    if event == "suspend":
        return "resume", {}
    if event == "correct_routing" and before.routing.area_code:
        return event, {"area_code": before.routing.area_code, "reason": reason}
    if event == "hand_over" and before.owner:
        return event, {"owner": before.owner, "reason": reason}
    if event == "assign_cohandlers" and before.cohandlers:
        return event, {"cohandlers": list(before.cohandlers)}
    if event == "recategorise" and before.category:
        kept = {"affair": before.affair, "condition": before.condition}
        return event, {"category": before.category, "reason": reason, **{name: value for name, value in kept.items() if value}}
    return None
