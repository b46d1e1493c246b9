"""Proof that a finished page is self-contained, and the Content-Security-Policy that makes a browser hold it to that.

Used on every page before it is handed out: `refuse_remote` raises RemoteAddressError. `content_security_policy` goes into the response
header where pages are served; a page opened from disk needs none, because it asks nobody for anything.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from map_ui.errors import RemoteAddressError

_ADDRESS_ATTRIBUTES = frozenset(
    {"src", "href", "xlink:href", "action", "formaction", "data", "poster", "srcset", "background", "ping", "cite", "manifest"}
)
_NAMESPACE = "http://www.w3.org/"
_REMOTE = re.compile(
    r"(?:https?|wss?|ftp):\\?/\\?/[^\s\"'`<>)]*|\bfetch\s*\(|\bXMLHttpRequest\b|\bEventSource\b|\bWebSocket\b|\bsendBeacon\b", re.IGNORECASE
)
_STYLE_LOAD = re.compile(r"""@import[^;]*|url\(\s*["']?(?!data:|#)[^)]*\)""", re.IGNORECASE)


class _Page(HTMLParser):
    """Collects what a page runs, styles and points to."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.addresses: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [value for name, value in attrs if name in _ADDRESS_ATTRIBUTES and value]
        self.styles += [value for name, value in attrs if name == "style" and value]
        self._inside = ""
        if tag == "script" and given.get("type", "") != "application/json":
            self._inside = "script"
            self.scripts.append("")
        elif tag == "style":
            self._inside = "style"
            self.styles.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside == "style":
            self.styles[-1] += data


def _read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    page.close()
    return page


def refuse_remote(html: str) -> None:
    """Raise RemoteAddressError if the page points to, styles from, or talks to any other place than itself."""
    page = _read(html)
    found = [address for address in page.addresses if not address.startswith(("data:", "#"))]
    for style in page.styles:
        found += _STYLE_LOAD.findall(style)
    for script in page.scripts:
        found += [match for match in _REMOTE.findall(script) if not match.startswith(_NAMESPACE)]
    if found:
        raise RemoteAddressError(
            "remote_address", en="the page would load {address!r}", zh="页面会从外部加载 {address!r}", address=found[0][:120]
        )


def content_security_policy(html: str) -> str:
    """The value of the Content-Security-Policy header for exactly this page.

    The page runs in a sandbox with an origin of its own; only its own scripts run, each named by the SHA-256 of its text. Styles are
    allowed in line, because Leaflet sets them on elements; pictures only from data: addresses; nothing else may be loaded or sent.
    """
    hashes = sorted({base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii") for script in _read(html).scripts})
    sources = " ".join(f"'sha256-{digest}'" for digest in hashes) or "'none'"
    return (
        f"sandbox allow-scripts; default-src 'none'; script-src {sources}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
