"""The job that makes a draft ready to be published: proofs, index, tiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geo_service.accounts import Actor
from geo_service.api.wiring import Wiring
from geo_service.backlog import Job
from geo_service.flows.planning.publishing import prepare


def prepare_draft(wiring: Wiring, job: Job, progress: Callable[[float, str], None]) -> dict[str, Any]:
    """Prepares the draft in the state in which it was asked for. Done again, it finds the generation that is there."""
    draft_id, head = int(job.payload["draft_id"]), int(job.payload["head"])
    actor = Actor(job.actor, job.role)
    record, made, defects = prepare(wiring, draft_id, actor=actor, now=wiring.clock.now(), head=head, progress=progress)
    errors = sum(1 for defect in defects if defect.severity == "error")
    return {"draft_id": record.draft_id, "generation": made.number, "defects": len(defects), "errors": errors, "publishable": errors == 0}
