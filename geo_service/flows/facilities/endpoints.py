"""HTTP of facilities: fixed addresses before those that name one by its id."""

from __future__ import annotations

from fastapi import APIRouter

from geo_service.flows.facilities.looking import router as looking
from geo_service.flows.facilities.measuring import router as measuring
from geo_service.flows.facilities.photographing import router as photographing
from geo_service.flows.facilities.transfer import router as transfer
from geo_service.flows.facilities.writing import router as writing

router = APIRouter()
for one in (measuring, transfer, looking, writing, photographing):
    router.include_router(one)
