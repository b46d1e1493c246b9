"""HTTP of the boundary tiles: addresses that never change, so whoever got a tile once need not ask again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from geo_service.api.auth import get_actor, require_permission
from geo_service.api.wiring import Wiring
from geo_service.errors import SetupError
from geo_service.published import Drawn
from geo_service.tiles.answering import MVT, require_in_pyramid, tile_answer, tilejson

router = APIRouter(prefix="/tiles/boundaries", tags=["tiles"])

Number = Annotated[int, Path(description="a generation: in force, past, or a prepared draft's")]


@router.get("/current.json", summary="The tiles of the generation in force, as TileJSON")
def current(request: Request) -> JSONResponse:
    """Names the tiles of the newest generation: ask again for this one, never for its tiles. SetupError before the first."""
    wiring: Wiring = request.app.state.wiring
    number = wiring.pyramids.current_number()
    if number is None:
        raise SetupError("nothing_published", en="no boundaries are published yet", zh="尚未发布任何边界")
    return JSONResponse(_tilejson(request, wiring.pyramids.of(number)), headers={"Cache-Control": "no-cache"})


@router.get("/{generation}.json", summary="The tiles of a generation, as TileJSON")
async def described(generation: Number, request: Request) -> JSONResponse:
    """Anybody may have what is or was in force; the tiles of a prepared draft need a key."""
    drawn = await _drawn(request, generation)
    return JSONResponse(_tilejson(request, drawn), headers={"Cache-Control": "public, max-age=3600" if drawn.published else "no-store"})


@router.get(
    "/{generation}/{z}/{x}/{y}.pbf",
    summary="A vector tile of the boundaries",
    response_class=Response,
    responses={200: {"content": {MVT: {}}}, 204: {"description": "Nothing lies there"}, 304: {"description": "Unchanged"}},
)
async def tile(generation: Number, z: int, x: int, y: int, request: Request) -> Response:
    """Layers by level (district, street, community, grid, micro_grid with every leaf, compound) and `label`; feature id = area id."""
    drawn = await _drawn(request, generation)
    require_in_pyramid(drawn.pyramid, z=z, x=x, y=y)
    headers = request.headers
    answer = tile_answer(drawn, (z, x, y), accepts=headers.get("accept-encoding", ""), known=headers.get("if-none-match", ""))
    return Response(answer.content or None, status_code=answer.status, headers=answer.headers)


async def _drawn(request: Request, number: int) -> Drawn:
    """The tiles of a generation, from memory where they are there: then nothing waits, and no database is asked."""
    wiring: Wiring = request.app.state.wiring
    drawn = wiring.pyramids.kept(number)
    if drawn is not None and drawn.published:
        return drawn
    if drawn is None or not (await run_in_threadpool(get_actor, request, wiring)).known:  # it may be published by now
        drawn = await run_in_threadpool(wiring.pyramids.of, number)
    if not drawn.published:
        require_permission(await run_in_threadpool(get_actor, request, wiring), "planning.read")
    return drawn


def _tilejson(request: Request, drawn: Drawn) -> dict[str, Any]:
    return tilejson(drawn, base=str(request.base_url).rstrip("/"))
