"""HTTP of the maps: pages in a sandbox of their own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse

from geo_service.api.deps import KnownActor, Language, Reading, WiringDep
from geo_service.maps.comparing import compare
from geo_service.maps.drawing import draw
from map_ui.policy import content_security_policy

router = APIRouter(prefix="/maps", tags=["maps"], default_response_class=HTMLResponse)


@router.get("/compare", summary="Two generations of boundaries side by side")
def comparison(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    _: KnownActor,
    older: Annotated[int, Query(ge=1, le=2_000_000_000)],
    newer: Annotated[int, Query(ge=1, le=2_000_000_000)],
    lang: str | None = None,
) -> HTMLResponse:
    """Needs a key."""
    html = compare(wiring, connection, older, newer, language=lang if lang in ("zh-CN", "en") else language)
    return HTMLResponse(html, headers={"Content-Security-Policy": content_security_policy(html)})


@router.get("/{name}", summary="A map as one self-contained page: areas, cases or facilities")
def page(
    name: str, connection: Reading, wiring: WiringDep, language: Language, _: KnownActor, area: str | None = None, lang: str | None = None
) -> HTMLResponse:
    """Needs a key. `area` draws one area and what lies in it; `lang` (zh-CN or en) overrules the browser's language."""
    html = draw(wiring, connection, name, language=lang if lang in ("zh-CN", "en") else language, area=area)
    return HTMLResponse(html, headers={"Content-Security-Policy": content_security_policy(html)})
