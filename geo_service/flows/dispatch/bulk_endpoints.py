"""HTTP of one action on many cases."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.api.deps import Language, WiringDep, body_of, json_body
from geo_service.errors import RequestError
from geo_service.flows.dispatch.asking import IdempotencyKey
from geo_service.flows.dispatch.bulk import Bulk
from geo_service.flows.dispatch.bulk_schemas import BulkAsked, BulkOut

router = APIRouter(prefix="/api/v1", tags=["dispatch"])

Doer = Annotated[Actor, Depends(permits("cases.act"))]
_ASKED = json_body(
    BulkAsked,
    dispatch={"action": "dispatch", "cases": [{"case_id": 17, "version": 2}, {"case_id": 21, "version": 2}]},
)


@router.post("/cases/bulk", openapi_extra=_ASKED, summary="Do one thing to many cases")
def bulk(
    body: Annotated[Any, Depends(body_of(BulkAsked))],
    wiring: WiringDep,
    actor: Doer,
    language: Language,
    dry_run: Annotated[bool, Query(description="say what would become of each case, and do nothing")] = False,
    idempotency_key: IdempotencyKey = None,
) -> BulkOut:
    """Needs a key. Each case by the rules and in the version you looked at; what is refused for one keeps no other from being done.

    `undo` is the action that takes it back, where one does: it can be sent with the versions of the answer, a payload for each case.
    """
    if idempotency_key is not None and not (
        1 <= len(idempotency_key) <= 200 and idempotency_key.isascii() and idempotency_key.isprintable()
    ):
        raise RequestError(
            "bad_idempotency_key",
            en="an Idempotency-Key is 1 to 200 printable ASCII characters",
            zh="Idempotency-Key 应为 1 至 200 个可打印 ASCII 字符",
            field="Idempotency-Key",
        )
    job = Bulk(
        wiring.database,
        wiring.published.current(),
        body[0],
        actor,
        language,
        wiring.clock.now(),
        dry_run=dry_run,
        key=idempotency_key,
    )
    items = job.run()
    done = [one for one in items if one.ok]
    return BulkOut(
        dry_run=dry_run, done=len(done), refused=len(items) - len(done), undoable=sum(one.undo is not None for one in done), items=items
    )
