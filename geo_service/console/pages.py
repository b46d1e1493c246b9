"""HTTP of the console's files: the page at every address below /ui/, its scripts for ever, nothing from another host."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from geo_service.console.files import Build

router = APIRouter(include_in_schema=False)
build = Build()

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "worker-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
FOR_EVER = "public, max-age=31536000, immutable"


@router.get("/ui")
def bare() -> Response:
    """To the page."""
    return RedirectResponse("/ui/", status_code=308)


@router.get("/ui/{path:path}")
def file(path: str, request: Request) -> Response:
    """A file of the build, or the page for an address the page understands itself. SetupError when nothing is built."""
    asset = path.startswith("assets/")
    found = build.file(path or "index.html") or (None if asset or "." in path.rpartition("/")[2] else build.file("index.html"))
    if found is None:
        raise HTTPException(404)
    headers = {"ETag": found.etag, "Vary": "Accept-Encoding", "Cache-Control": FOR_EVER if asset else "no-cache"}
    if found.media_type.startswith("text/html"):
        headers["Content-Security-Policy"] = POLICY
    if request.headers.get("if-none-match") == found.etag:
        return Response(status_code=304, headers=headers)
    content, encoding = found.best(request.headers.get("accept-encoding", ""))
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(content, headers=headers, media_type=found.media_type)
