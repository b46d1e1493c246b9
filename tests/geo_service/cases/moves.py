"""What somebody says when they do something to a case: by chance, mostly something that will do."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from geo_service.cases.workflow import CaseState
from tests.geo_service.cases.scenes import PAYLOAD

FORWARD = (
    "resume",
    "suspend",
    "approve_extension",
    "file",
    "dispatch",
    "rule",
    "sign",
    "complete_part",
    "feed_back",
    "check",
    "close",
    "evaluate",
)
"""Events that bring a case on."""


def payload(event: str, case: CaseState, *, now: datetime, owners: Sequence[str], chance: Random) -> dict[str, Any]:
    """What comes with the event: deadlines ahead, an owner drawn."""
    said = dict({"check": {"passed": chance.random() < 0.6}}.get(event, PAYLOAD.get(event, {})))
    due = now + timedelta(days=chance.randint(0, 20), minutes=1)
    if case.due_at is not None and chance.random() < 0.8:
        due = max(due, case.due_at + timedelta(minutes=1))
    if event in ("dispatch", "rule"):
        said = {**said, "owner": chance.choice(owners), "due_at": due.isoformat(), "warn_at": None}
        if case.dispatched_at is not None and chance.random() < 0.7:
            said = {**said, "due_at": None, "limit": None}
    elif event in ("resume", "reopen", "request_extension"):
        said["due_at"] = due.isoformat()
        said.pop("warn_at", None)
    elif event == "hand_over":
        said["owner"] = chance.choice(owners)
    elif event == "return":
        said["proposed_owner"] = chance.choice(owners)
    elif event == "consult":
        said["tier"] = chance.randint(1, 3)
    elif event == "complete_part" and case.cohandlers and chance.random() < 0.7:
        said["part"] = chance.choice(case.cohandlers)
    if event in ("dispatch", "rule", "assign_cohandlers"):
        said["cohandlers"] = chance.sample(list(owners), chance.randint(0, 2))
    return said
