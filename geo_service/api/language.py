"""The caller's language: zh-CN or en, from Accept-Language."""

from __future__ import annotations

from starlette.requests import Request


def language_of(request: Request) -> str:
    """'zh-CN' or 'en', whichever the caller ranks higher; the installation's own language where neither is named."""
    default = str(request.app.state.wiring.settings.server.language) if hasattr(request.app.state, "wiring") else "zh-CN"
    best: tuple[float, str] | None = None
    for part in request.headers.get("accept-language", "").split(","):
        name, _, parameters = part.strip().partition(";")
        spoken = {"zh": "zh-CN", "en": "en"}.get(name.strip().lower()[:2])
        weight = _weight(parameters)
        if spoken and weight > 0 and (best is None or weight > best[0]):
            best = (weight, spoken)
    return best[1] if best else default


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
