"""HTTP of people: posts and persons, their ledgers, and the coverage report."""

from __future__ import annotations

from fastapi import APIRouter

from geo_service.flows.people.coverage_endpoints import router as coverage
from geo_service.flows.people.ledger_endpoints import router as ledger
from geo_service.flows.people.post_endpoints import router as posts

router = APIRouter(prefix="/api/v1", tags=["people"])
for part in (posts, ledger, coverage):
    router.include_router(part)
