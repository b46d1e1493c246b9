"""The first page a person sees: where the maps and the API are. Static text, nothing asked of another host."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from boundaries.geometry import to_lonlat
from geo_service.api.deps import Language, WiringDep
from geo_service.errors import SetupError
from geo_service.published import Published

router = APIRouter(include_in_schema=False)

_TEXTS = {
    "zh-CN": {
        "lead": "城市网格治理：从一条带坐标或地址的诉求，到负责它的那一位网格员。",
        "console": "调度台",
        "maps": "地图",
        "areas": "区域与责任人",
        "cases": "案件",
        "facilities": "服务中心与示范站",
        "load": "负荷与评价",
        "api": "接口",
        "openapi": "接口说明（OpenAPI）",
        "try": "试一试：查询一个点",
        "health": "运行状态",
        "note": "演示模式：无需密钥，仅限本机。地名与代码真实，图形为虚构。",
        "empty": "尚未发布任何边界。请先运行 citygrid init 与 citygrid boundaries import。",
        "other": "English",
    },
    "en": {
        "lead": "Grid governance for cities: from a report with a point or an address to the one worker who answers for it.",
        "console": "The operator's console",
        "maps": "Maps",
        "areas": "Areas and who answers for them",
        "cases": "Cases",
        "facilities": "Service centres and demonstration stations",
        "load": "Loads and rates",
        "api": "API",
        "openapi": "Description (OpenAPI)",
        "try": "Try it: look a point up",
        "health": "State of the service",
        "note": "Demonstration: no key needed, this machine only. Names and codes are real, shapes are made up.",
        "empty": "No boundaries are published yet. Run citygrid init and citygrid boundaries import first.",
        "other": "中文",
    },
}

_STYLE = """
body{margin:0;background:#f4f6f8;color:#1f2933;
  font:16px/1.6 'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif}
main{max-width:44rem;margin:0 auto;padding:3rem 1.5rem}h1{font-size:1.8rem;margin:0}
h2{font-size:1.05rem;margin:2rem 0 .5rem}
a{color:#0b4f9e}ul{padding-left:1.2rem;margin:.3rem 0}
.note{background:#fff4d6;border:1px solid #e5c35c;padding:.6rem .9rem;border-radius:6px}
.lang{float:right}
"""


@router.get("/", response_class=HTMLResponse)
def home(wiring: WiringDep, language: Language, lang: str | None = None) -> HTMLResponse:
    """Where to go from here."""
    spoken = lang if lang in _TEXTS else language
    t = _TEXTS[spoken]
    other = "en" if spoken == "zh-CN" else "zh-CN"
    try:
        published = wiring.published.current()
        city, sample = published.city.name, _sample(published)
    except SetupError:
        city, sample = "citygrid", None
    maps = "".join(f'<li><a href="/maps/{name}?lang={spoken}">{t[name]}</a></li>' for name in ("areas", "cases", "facilities", "load"))
    link = f"/api/v1/locate?lon={sample[0]:.6f}&amp;lat={sample[1]:.6f}&amp;datum=wgs84&amp;accuracy_m=15" if sample else ""
    body = (
        f'<!doctype html><html lang="{spoken}"><head><meta charset="utf-8"><title>{escape(city)} · citygrid</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><main>'
        f'<a class="lang" href="/?lang={other}" lang="{other}">{t["other"]}</a><h1>{escape(city)} · citygrid</h1><p>{t["lead"]}</p>'
        + (f'<p class="note">{t["note"]}</p>' if wiring.settings.server.demo else "")
        + f'<p><a href="/ui/?lang={spoken}"><strong>{t["console"]}</strong></a></p>'
        + (f"<h2>{t['maps']}</h2><ul>{maps}</ul>" if sample else f"<p>{t['empty']}</p>")
        + f"<h2>{t['api']}</h2><ul>"
        + (f'<li><a href="{link}">{t["try"]}</a></li>' if link else "")
        + f'<li><a href="/openapi.json">{t["openapi"]}</a></li><li><a href="/health/ready">{t["health"]}</a></li></ul></main></body></html>'
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return HTMLResponse(body, headers={"Content-Security-Policy": policy})


def _sample(published: Published) -> tuple[float, float]:
    """A point in the city's middle leaf by code, rounded to what a phone gives."""
    shape = published.leaves[len(published.leaves) // 2].geometry
    lons, lats = to_lonlat([shape.representative_point()], published.city.metric_crs)[0].xy
    return float(lons[0]), float(lats[0])
