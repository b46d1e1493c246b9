"""A view as one HTML file: folium makes the map and its layers, this module the page around them.

folium (through branca) compiles what elements print as Jinja templates, and writes texts into JavaScript literals. So no text of a
caller passes through folium: its elements carry keys of our own making only, and data stands in JSON blocks of the page.
"""

from __future__ import annotations

from importlib import resources
from typing import Any

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from folium.template import Template
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from map_ui import style
from map_ui.assets import local_file, own_scripts, own_styles
from map_ui.packing import pack, to_json
from map_ui.policy import refuse_remote
from map_ui.texts import TABLES, text
from map_ui.views.ground import ground_style
from map_ui.views.points import symbol_spec
from map_ui.views.view import Bounds, Layer, MapView, heading_spec, widen
from map_ui.words import Language, language_of

MAX_ZOOM = 19


class _DrawnLayer(folium.map.Layer):
    """A folium layer that our canvas draws: it holds a key, the data stands in the page."""

    _template = Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = Citygrid.layer({{ this.layer_name|tojson }});{% endmacro %}"
    )

    def __init__(self, layer: Layer) -> None:
        super().__init__(name=layer.key, overlay=True, control=False, show=layer.shown)
        self._name = "DrawnLayer"


class _Before(MacroElement):
    """Makes a map the left one of a pair."""

    _template = Template("{% macro script(this, kwargs) %}Citygrid.before = {{ this._parent.get_name() }};{% endmacro %}")


class _Start(MacroElement):
    """Opens the page's data once the map and its layers stand."""

    _template = Template("{% macro script(this, kwargs) %}Citygrid.start({{ this._parent.get_name() }});{% endmacro %}")


def build_map(view: MapView) -> folium.Map:
    """The view as a folium map whose layers are drawn by the page's scripts; alone it shows nothing, `render` makes the page."""
    made = _bare_map(view)
    for layer in view.layers:
        made.add_child(_DrawnLayer(layer))
    made.add_child(_Start())  # type: ignore[no-untyped-call]  # branca does not annotate MacroElement.__init__
    return made


def _bare_map(view: MapView) -> folium.Map:
    # Maps that move together jump to a new zoom: two animations would not keep step on a slow computer.
    made = folium.Map(
        tiles=None,
        prefer_canvas=True,
        zoom_control=False,
        attributionControl=False,
        maxZoom=MAX_ZOOM,
        minZoom=3,
        zoomSnap=0.5,
        zoomDelta=1,
        zoomAnimation=not view.paired,
    )
    if view.core is not None:
        made.fit_bounds(_corners(view.core))
    return made


def _map_before(view: MapView) -> folium.Map:
    made = _bare_map(view)
    made.add_child(_Before())  # type: ignore[no-untyped-call]  # branca does not annotate MacroElement.__init__
    return made


def render(view: MapView, language: str = "zh-CN") -> str:
    """The view as one self-contained HTML page in 'zh-CN' or 'en': the same bytes for the same frames.

    Raises FrameError for another language, AssetMissingError when a file of the page is not installed, RemoteAddressError if anything
    in the page pointed to another computer.
    """
    spoken = language_of(language)
    figure = Figure()
    if view.paired:
        _map_before(view).add_to(figure)
    build_map(view).add_to(figure)
    _settle_names(figure)
    for child in list(figure._children.values()):
        child.render()
    links = [(name, part) for name, part in figure.header._children.items() if isinstance(part, (JavascriptLink, CssLink))]
    found = [(isinstance(part, CssLink), local_file(name)) for name, part in links]
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(_shell())
    html = template.render(
        language=spoken,
        view=view.name,
        say=lambda key: text(key, spoken),
        styles=Markup("\n".join([*(code for is_css, code in found if is_css and code), own_styles(view.name)])),
        scripts=[Markup(code) for code in [*(code for is_css, code in found if not is_css and code), *own_scripts(view.name)]],
        map_html=Markup(figure.html.render().strip()),
        map_script=Markup(figure.script.render().strip()),
        page_block=Markup(to_json(_page_block(view, spoken))),
        data_block=Markup(pack(view.data)),
    )
    refuse_remote(html)
    return html


def _page_block(view: MapView, language: Language) -> dict[str, Any]:
    return {
        "language": language,
        "view": view.name,
        "texts": TABLES[language],
        "heading": heading_spec(view.heading, language),
        "rows": view.rows,
        "everything": _corners(view.everything) if view.everything else None,
        "core": _corners(view.core) if view.core else None,
        "layers": [
            {"key": layer.key, "drawer": layer.drawer, "rows": layer.rows, "least_zoom": layer.shown_from_zoom, **layer.spec(language)}
            for layer in view.layers
        ],
        "ground_style": ground_style(),
        "no_data": style.NO_DATA,
        "badge": symbol_spec(style.BADGE),
        **view.extra(language),
    }


def _corners(bounds: Bounds) -> list[list[float]]:
    west, south, east, north = widen(bounds)
    return [[round(south, 6), round(west, 6)], [round(north, 6), round(east, 6)]]


def _settle_names(figure: Figure) -> None:
    """Number the elements in tree order: folium names them at random, and a page must be the same every time."""
    waiting: list[Element] = [figure]
    number = 0
    while waiting:
        element = waiting.pop()
        element._id = f"{number:04d}"
        number += 1
        waiting.extend(reversed(element._children.values()))


def _shell() -> str:
    return (resources.files("map_ui") / "static" / "page.html").read_text(encoding="utf-8")
