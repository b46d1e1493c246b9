"""HTTP of the rules that precedents propose."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import Connection
from starlette.responses import Response

from geo_service.api.deps import Language, Reading, WiringDep, Writing
from geo_service.api.once import IdempotencyKey
from geo_service.api.preconditions import version_of
from geo_service.cases.consulting import proposals
from geo_service.cases.consulting.proposals import Proposal
from geo_service.flows.consultation import adopting
from geo_service.flows.consultation.answering import IfMatch, Once, body_object
from geo_service.flows.consultation.asking import Id, Proposals, Reader, Ruler, Verb, body_like
from geo_service.flows.consultation.schemas import ProposalOut, ProposalsOut
from geo_service.flows.consultation.showing import Shown

router = APIRouter(prefix="/api/v1", tags=["precedents"])

_ACT = body_like(
    accept={}, accept_above_others={"priority": 1, "note": "agreed with both bureaus"}, decline={"reason": "the duty list changes in May"}
)


@router.get("/rule-proposals", summary="Rules that precedents propose, newest first")
def listed(query: Proposals, connection: Reading, wiring: WiringDep, language: Language, _: Reader) -> ProposalsOut:
    """Needs a key."""
    found, total = proposals.page(connection, state=query.state, before=query.before, limit=query.limit + 1)
    page = found[: query.limit]
    shown = Shown(connection, language=language, now=wiring.clock.now(), parties=[one.lead for one in page])
    following = page[-1].proposal_id if len(found) > query.limit else None
    return ProposalsOut(total=total, items=[shown.proposal(one) for one in page], next=following)


@router.get("/rule-proposals/{proposal_id}", summary="One proposed rule, and what the matrix would be like with it")
def one(proposal_id: Id, connection: Reading, wiring: WiringDep, language: Language, _: Reader, response: Response) -> ProposalOut:
    """Needs a key. `effect`: the proof before and after, and every double claim the rule would make. The ETag is its version."""
    found = proposals.found(connection, proposal_id)
    response.headers["ETag"] = f'"{found.version}"'
    return _whole(connection, found, wiring, language)


@router.post(
    "/rule-proposals/{proposal_id}/actions/{verb}",
    response_model=ProposalOut,
    openapi_extra=_ACT,
    summary="Accept a proposed rule, or decline it",
)
def act(
    proposal_id: Id,
    verb: Verb,
    body: Annotated[tuple[dict[str, Any], bytes], Depends(body_object)],
    connection: Writing,
    wiring: WiringDep,
    actor: Ruler,
    language: Language,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Needs the key of somebody who may change rules, and If-Match. accept: a new version of the matrix; refused where it would make a
    double claim. decline: with a reason."""
    said, raw = body
    now = wiring.clock.now()
    once = Once(connection, actor=actor, what=f"rule-proposals/{proposal_id}/{verb}", key=idempotency_key, raw=raw, at=now)
    if once.replayed is not None:
        return once.replayed
    expected, published = version_of(if_match), wiring.published.current()
    found = adopting.act(connection, published, proposal_id, verb, said, expected_version=expected, actor=actor, now=now)
    return once.answer(_whole(connection, found, wiring, language), version=found.version)


def _whole(connection: Connection, found: Proposal, wiring: WiringDep, language: str) -> ProposalOut:
    now = wiring.clock.now()
    shown = Shown(connection, language=language, now=now, parties=[found.lead])
    live = found.state == "proposed"
    effect = adopting.effect(connection, wiring.published.current(), found, now=now) if live else found.findings
    return ProposalOut(**shown.proposal_values(found), effect=effect)
