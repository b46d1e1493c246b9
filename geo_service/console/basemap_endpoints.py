"""HTTP of the basemap: whether there is one, and its tiles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.console.basemap import Basemap
from geo_service.console.schemas import BasemapOut, MapOut

router = APIRouter(tags=["console"])
Reader = Annotated[Actor, Depends(permits("cases.read"))]


@router.get("/api/v1/console/map", summary="What the map may show beside the city's own layers")
def described(request: Request, _: Reader) -> MapOut:
    """Needs a key."""
    basemap: Basemap = request.app.state.basemap
    if not basemap.is_on:
        return MapOut(basemap=None)
    told = basemap.settings
    address, attribution = "/tiles/base/{z}/{x}/{y}", told.basemap_attribution
    return MapOut(basemap=BasemapOut(url=address, attribution=attribution, min_zoom=told.basemap_min_zoom, max_zoom=told.basemap_max_zoom))


@router.get(
    "/tiles/base/{z}/{x}/{y}",
    summary="A tile of the basemap",
    response_class=Response,
    responses={200: {"content": {"image/png": {}, "image/jpeg": {}, "image/webp": {}}}},
)
def tile(z: int, x: int, y: int, request: Request, _: Reader) -> Response:
    """Needs a key: what the source allows is used up by those who work here. y counts from the north."""
    basemap: Basemap = request.app.state.basemap
    picture = basemap.tile(z=z, x=x, y=y)
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return Response(picture.content, media_type=picture.media_type, headers=headers)
