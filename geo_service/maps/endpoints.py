"""HTTP of the maps: pages in a sandbox of their own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import HTMLResponse

from geo_service.accounts import Actor, scope
from geo_service.api.auth import permits
from geo_service.api.deps import Language, Reading, WiringDep
from geo_service.flows.facilities.reach import distances_of
from geo_service.maps.comparing import compare
from geo_service.maps.drawing import draw
from geo_service.maps.gaps import gaps_map
from geo_service.maps.load import load_map
from geo_service.maps.reach import reach_map
from map_ui.policy import content_security_policy

router = APIRouter(prefix="/maps", tags=["maps"], default_response_class=HTMLResponse)


Reader = Annotated[Actor, Depends(permits("cases.read"))]
Looker = Annotated[Actor, Depends(permits("planning.read"))]
Judge = Annotated[Actor, Depends(permits("evaluation.read"))]


@router.get("/compare", summary="Two generations of boundaries side by side")
def comparison(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    _: Looker,
    older: Annotated[int, Query(ge=1, le=2_000_000_000)],
    newer: Annotated[int, Query(ge=1, le=2_000_000_000)],
    lang: str | None = None,
) -> HTMLResponse:
    """Needs a key."""
    html = compare(wiring, connection, older, newer, language=lang if lang in ("zh-CN", "en") else language)
    return HTMLResponse(html, headers={"Content-Security-Policy": content_security_policy(html)})


@router.get("/load", summary="Areas by load and by a rate of a month")
def load(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    actor: Judge,
    level: Annotated[str, Query(max_length=30)] = "grid",
    month: Annotated[str | None, Query(max_length=7, description="YYYY-MM; the last whole month where it is left out")] = None,
    rate: Annotated[str, Query(max_length=30)] = "handled_on_time",
    area: Annotated[str | None, Query(max_length=32)] = None,
    lang: str | None = None,
) -> HTMLResponse:
    """Needs a key."""
    spoken = lang if lang in ("zh-CN", "en") else language
    reach = scope(actor, "evaluation.read")
    html = load_map(wiring, connection, language=spoken, scope=reach, level=level, month=month, rate=rate, area=area)
    return HTMLResponse(html, headers={"Content-Security-Policy": content_security_policy(html)})


@router.get("/matrix-gaps", summary="Where the responsibility matrix leaves something open, grid by grid")
def matrix_gaps(connection: Reading, wiring: WiringDep, language: Language, _: Looker, lang: str | None = None) -> HTMLResponse:
    """Needs a key."""
    html = gaps_map(wiring, connection, language=lang if lang in ("zh-CN", "en") else language)
    return HTMLResponse(html, headers={"Content-Security-Policy": content_security_policy(html)})


@router.get("/reach", summary="How far households have to go to a place, area by area")
def reach(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    actor: Annotated[Actor, Depends(permits("facilities.read"))],
    level: Annotated[str, Query(max_length=30)] = "community",
    kind: Annotated[str | None, Query(max_length=30)] = None,
    distances: Annotated[str | None, Query(max_length=60, description="up to three, in metres; 300,500,1000 where left out")] = None,
    area: Annotated[str | None, Query(max_length=32)] = None,
    lang: str | None = None,
) -> HTMLResponse:
    """Needs a key."""
    spoken, sight = lang if lang in ("zh-CN", "en") else language, scope(actor, "cases.read")
    wanted = distances_of(distances)
    html = reach_map(wiring, connection, language=spoken, scope=sight, level=level, kind=kind, distances_m=wanted, area=area)
    return HTMLResponse(html, headers={"Content-Security-Policy": content_security_policy(html)})


@router.get("/{name}", summary="A map as one self-contained page: areas, cases or facilities")
def page(
    name: str, connection: Reading, wiring: WiringDep, language: Language, actor: Reader, area: str | None = None, lang: str | None = None
) -> HTMLResponse:
    """Needs a key. `area` draws one area and what lies in it; `lang` (zh-CN or en) overrules the browser's language."""
    spoken = lang if lang in ("zh-CN", "en") else language
    html = draw(wiring, connection, name, language=spoken, scope=scope(actor, "cases.read"), area=area)
    return HTMLResponse(html, headers={"Content-Security-Policy": content_security_policy(html)})
