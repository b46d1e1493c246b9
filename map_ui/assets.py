"""The files a page is made of, read from this computer: Leaflet from the package XStatic-Leaflet, our own from map_ui/static.

folium names each style sheet and script it wants and gives a remote address; `LOCAL` says which file stands in for a name, or that the
name is not needed. A name without an entry raises AssetMissingError: a new folium release or plugin never leaks a remote link.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from importlib import import_module, resources
from importlib.resources.abc import Traversable
from pathlib import Path

from map_ui.errors import AssetMissingError

LOCAL: dict[str, str | None] = {
    "leaflet": "leaflet.js",
    "leaflet_css": "leaflet.css",
    # Not needed: no view uses folium's icon markers, Bootstrap pop-ups or jQuery.
    "jquery": None,
    "bootstrap": None,
    "bootstrap_css": None,
    "glyphicons_css": None,
    "awesome_markers": None,
    "awesome_markers_css": None,
    "awesome_markers_font_css": None,
    "awesome_rotate_css": None,
}

SCRIPTS = (
    "citygrid.js",
    "picture.js",
    "shapes.js",
    "labels.js",
    "ground.js",
    "points.js",
    "details.js",
    "search.js",
    "panel.js",
    "controls.js",
)
STYLES = ("page.css", "print.css")
OTHER_SCRIPTS = {
    "compare": (
        *("citygrid.js", "picture.js", "shapes.js", "labels.js", "ground.js", "panel.js", "controls.js"),
        *("compare.js", "compare_side.js", "compare_link.js", "compare_list.js", "compare_legend.js"),
    ),
    "reach": (*SCRIPTS, "reach.js"),
}
"""Scripts of a view that is not made of the usual ones."""
MORE_STYLES = {"compare": ("compare.css",)}

_URL = re.compile(r"""url\(\s*("[^"]*"|'[^']*'|[^)'"]*)\s*\)""")
_REMOTE_WORDS = re.compile(r"\s*https?://(?!www\.w3\.org/)[\w./-]*")


def local_file(name: str) -> str | None:
    """The text of the file that stands in for a folium asset, ready to be put in line; None for one that is not needed."""
    if name not in LOCAL:
        raise AssetMissingError(
            "unknown_asset", en="no local file is known for the folium asset {name!r}", zh="folium 资源 {name!r} 没有本地文件", name=name
        )
    file = LOCAL[name]
    if file is None:
        return None
    return _style(_leaflet(), file) if file.endswith(".css") else script_text(_leaflet(), file)


def own_styles(view: str) -> str:
    """Our style sheets for a view, pictures in line."""
    return "\n".join(_style(_own(), name) for name in (*STYLES, *MORE_STYLES.get(view, ())))


def own_scripts(view: str) -> list[str]:
    """Our scripts for a view in the order they run."""
    return [script_text(_own(), name) for name in OTHER_SCRIPTS.get(view, SCRIPTS)]


def script_text(folder: Traversable, name: str) -> str:
    """A script that may stand between script tags: no end tag in it, no source map, no address in comments or labels."""
    text = _read(folder, name).decode("utf-8").replace("\r\n", "\n")
    text = re.sub(r"\n?//# sourceMappingURL=.*", "", text)
    # Leaflet names its home page in the licence comment and in the attribution we do not show; the notice itself stays.
    text = _REMOTE_WORDS.sub("", text)
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _style(folder: Traversable, name: str) -> str:
    """A style sheet with its pictures as data: addresses."""

    def inline(match: re.Match[str]) -> str:
        address = match.group(1).strip("'\"")
        if address.startswith(("data:", "#")):
            return match.group(0)
        kind = mimetypes.guess_type(address)[0] or "application/octet-stream"
        return f"url(data:{kind};base64,{base64.b64encode(_read(folder, address)).decode('ascii')})"

    # Comments go first: Leaflet's name bug reports by their addresses.
    text = re.sub(r"/\*.*?\*/", "", _read(folder, name).decode("utf-8").replace("\r\n", "\n"), flags=re.DOTALL)
    return _URL.sub(inline, text).replace("</style", "<\\/style")


def _leaflet() -> Traversable:
    try:
        package = import_module("xstatic.pkg.leaflet")
    except ImportError as trouble:
        raise AssetMissingError(
            "no_leaflet", en="the package XStatic-Leaflet is not installed", zh="未安装 XStatic-Leaflet 软件包"
        ) from trouble
    return Path(package.BASE_DIR)


def _own() -> Traversable:
    return resources.files("map_ui") / "static"


def _read(folder: Traversable, name: str) -> bytes:
    try:
        return folder.joinpath(*name.split("/")).read_bytes()
    except OSError as trouble:
        raise AssetMissingError(
            "no_file", en="the file {name!r} a page is made of is missing", zh="缺少页面所需的文件 {name!r}", name=name
        ) from trouble
