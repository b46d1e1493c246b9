"""HTTP of the audit."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from geo_service.accounts import Actor
from geo_service.accounts.access import accesses
from geo_service.api.auth import permits
from geo_service.api.deps import Language, Reading, WiringDep
from geo_service.api.instants import Instant
from geo_service.flows.audit import service
from geo_service.flows.audit.schemas import AccessesOut, AccessOut, FindingOut, LoggedOut, LogOut, VerifiedOut

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])

Auditor = Annotated[Actor, Depends(permits("audit.read"))]


@router.get("/events", summary="The log, newest first")
def events(
    connection: Reading,
    _: Auditor,
    kind: Annotated[str | None, Query(max_length=40)] = None,
    actor: Annotated[str | None, Query(max_length=80)] = None,
    case_id: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    from_at: Annotated[Instant | None, Query()] = None,
    to_at: Annotated[Instant | None, Query()] = None,
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> LogOut:
    """Needs audit.read. Security events (signed_in, locked_out, account_changed, revealed ...) stand in the same log."""
    wanted = service.Wanted(kind, actor, case_id, from_at, to_at)
    found, following = service.page(connection, wanted, before=before, limit=limit)
    items = [
        LoggedOut(position=e.position, at=e.at, kind=e.kind, case_id=e.case_id, actor=e.actor, data=e.data, hash=e.hash) for e in found
    ]
    return LogOut(items=items, next=following)


@router.post("/verify", summary="Prove that nobody bent the log")
def verify(connection: Reading, wiring: WiringDep, language: Language, _: Auditor) -> VerifiedOut:
    """Needs audit.read. Reads the whole log: some seconds for a hundred thousand events."""
    settings = wiring.settings
    found, cases = service.verify(connection, heads=settings.heads_file, key=settings.heads_key)
    zh = language.startswith("zh")
    return VerifiedOut(
        whole=found.whole,
        events=found.events,
        cases=cases,
        vouched_to=found.vouched_to,
        unvouched_from=found.vouched_to + 1 if found.events > found.vouched_to else None,
        findings=[
            FindingOut(kind=one.kind, position=one.position, case_id=one.case_id, message=one.zh if zh else one.en)
            for one in found.findings
        ],
    )


@router.get("/access", summary="Who looked at what is personal, newest first")
def access(
    connection: Reading,
    _: Auditor,
    actor: Annotated[str | None, Query(max_length=80)] = None,
    path: Annotated[str | None, Query(max_length=200, description="the beginning of a path")] = None,
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AccessesOut:
    """Needs audit.read. Pages of single cases, exports, people and the log itself; and every call that was turned away."""
    found, following = accesses(connection, actor=actor, path=path, before=before, limit=limit)
    return AccessesOut(items=[AccessOut(entry_id=entry_id, **asdict(one)) for entry_id, one in found], next=following)
