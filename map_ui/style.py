"""How things look: lines of levels, tints, symbols of lights and facilities, colours of the ground.

Nothing is told by colour alone: levels differ in width and dash, lights and facilities in shape. The palette keeps its order for
readers who cannot tell red from green (Okabe-Ito hues, darkened to 3:1 against the page for symbols, 4.5:1 for texts).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A border's stroke. width in CSS pixels; dash in CSS pixels, () is solid; casing: pixels of white under it, 0 for none."""

    colour: str
    width: float
    dash: tuple[float, ...] = ()
    casing: float = 0.0


@dataclass(frozen=True, slots=True)
class Symbol:
    """A mark on the map and in the legend: an SVG path in a 24 x 24 box, its paint, and its size in CSS pixels."""

    path: str
    fill: str
    stroke: str
    size: float


LADDER: tuple[str, ...] = ("city", "district", "street", "community", "grid", "micro_grid", "rest")
BESIDE: frozenset[str] = frozenset({"compound"})
"""Levels that do not nest in the ladder: drawn as lines over it, never filled."""
UNNAMED: frozenset[str] = frozenset({"rest"})
"""Levels whose names are not written on the map: they only repeat their parent's."""

LINES: dict[str, Line] = {
    "city": Line("#2b1230", 3.2, (), 2.0),
    "district": Line("#5b1450", 2.6, (), 2.0),
    "street": Line("#8a3800", 2.0, (10.0, 3.0), 1.6),
    "community": Line("#0b5394", 1.6, (6.0, 3.0), 1.2),
    "grid": Line("#3a3f44", 1.0),
    "micro_grid": Line("#6d747b", 0.6),
    "rest": Line("#6d747b", 0.6, (4.0, 3.0)),
    "compound": Line("#00614a", 1.3, (2.0, 3.0)),
}

_BY_RANK: tuple[str, ...] = ("district", "street", "community", "grid", "micro_grid")


def line_of(level: str, *, rank: int) -> Line:
    """The line of a level: its own if we know the name, else that of its rank (0 is the coarsest)."""
    return LINES.get(level) or LINES[_BY_RANK[min(rank, len(_BY_RANK) - 1)]]


@dataclass(frozen=True, slots=True)
class ChangeLook:
    """How a kind of change is drawn: colour of its outline and hatching, the hatching, its outline's dash in CSS pixels.

    hatch: rise (lines like /) | cross (lines like x) | solid | dots | level (lines like =) | upright (lines like ||) | none.
    """

    colour: str
    hatch: str
    dash: tuple[float, ...] = ()


CHANGES: dict[str, ChangeLook] = {
    "added": ChangeLook("#00704f", "rise"),
    "retired": ChangeLook("#b3261e", "cross"),
    "reshaped": ChangeLook("#0b5394", "solid"),
    "reparented": ChangeLook("#7b2d8e", "dots"),
    "renamed": ChangeLook("#8a4b00", "level"),
    "recoded": ChangeLook("#5f5a00", "upright"),
    "households": ChangeLook("#4d555c", "none", (2.0, 2.0)),
    "touched": ChangeLook("#6d747b", "none", (5.0, 3.0)),
}
"""Kinds of change in the order of the legend: the first ones are drawn over the last ones."""

UNCHANGED_WIDTHS: tuple[float, ...] = (1.8, 1.4, 1.1, 0.9, 0.6)
UNCHANGED = "#7a828a"
"""What has not changed is thin and grey, from coarse to fine levels."""


def unchanged_line(rank: int) -> Line:
    """The line of a level's unchanged areas on a comparison."""
    return Line(UNCHANGED, UNCHANGED_WIDTHS[min(rank, len(UNCHANGED_WIDTHS) - 1)])


PARENT_TINTS: tuple[str, ...] = ("#f6d9b8", "#cfe3c5", "#c9dcee", "#ecd3e3", "#efe7ae", "#d5d3ea", "#c6e5e0", "#f2cfc8", "#dfdccf")
"""Tints for 'by parent area': areas of one parent share one, neighbouring parents never do."""

LOAD_TINTS: tuple[str, ...] = ("#f3eee1", "#e6d7a8", "#dcb36a", "#c77f3a", "#9a4a1c")
"""Few to many, light to dark: readable in grey print too."""

REACH_TINTS: tuple[str, ...] = ("#fbe3cf", "#f0e6c8", "#d5e3c4", "#a3cdb0", "#5fa98d")
"""Few to all households near: warm to green, light to dark."""

NO_DATA = "#ffffff"
WITHHELD = "#eceff1"
"""Beneath the hatching of areas whose figure is withheld."""

_DISC = "M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16Z"
_TRIANGLE = "M12 3L22 20.5H2Z"
_DIAMOND = "M12 1.5L22.5 12L12 22.5L1.5 12Z"
_SQUARE = "M5 5H19V19H5Z"
_FLAG_HOUSE = "M12 1L23 10.5H20V22H14V15H10V22H4V10.5H1Z"
_PIN = "M12 1a8.5 8.5 0 0 1 8.5 8.5C20.500 15.500 14 20 12 23.500C10 20 3.500 15.500 3.500 9.500A8.500 8.500 0 0 1 12 1Z"
_BLOCK = "M5 3H19V21H5Z"

LIGHTS: dict[str, Symbol] = {
    "red": Symbol(_DIAMOND, "#c2221c", "#ffffff", 12),
    "yellow": Symbol(_TRIANGLE, "#e09b00", "#4a3300", 12),
    "green": Symbol(_DISC, "#007a5a", "#ffffff", 11),
    "none": Symbol(_SQUARE, "#ffffff", "#4d555c", 10),
}

FACILITIES: dict[str, Symbol] = {
    "service_centre": Symbol(_FLAG_HOUSE, "#b3261e", "#ffffff", 20),
    "station": Symbol(_PIN, "#0b5394", "#ffffff", 15),
    "compound": Symbol(_BLOCK, "#00614a", "#ffffff", 13),
}

BADGE = Symbol(
    "M12 1L15.200 8.400L23.200 9.100L17.100 14.400L19 22.200L12 18L5 22.200L6.900 14.400L0.800 9.100L8.800 8.400Z", "#ffc629", "#5c3b00", 11
)
"""The star of a demonstration station or a five-star compound, drawn at the upper right of its symbol."""

LANDUSE: dict[str, str] = {
    "residential": "#efe9df",
    "village": "#ece3d3",
    "built_up": "#efe9df",
    "commercial": "#f3dfd4",
    "industrial": "#dcd8e2",
    "industry": "#dcd8e2",
    "mine": "#cfc8c0",
    "school": "#f1e9c4",
    "hospital": "#f5dcdc",
    "public": "#f0e4c8",
    "park": "#cfe6c3",
    "green": "#d5e8ca",
    "square": "#e9e4d8",
    "forest": "#c8dcbc",
    "hill": "#dde6d0",
    "farmland": "#ecefd6",
    "farm": "#ecefd6",
    "water": "#a9cfe8",
    "river": "#a9cfe8",
    "reservoir": "#a9cfe8",
    "railway": "#dcd8d8",
    "railway_yard": "#dcd8d8",
}
LANDUSE_OTHER = "#e8e6df"

GROUND = {"page": "#f4f3ee", "river": "#9cc8e6", "building": "#cdbfae", "railway": "#6b6b6b", "road": "#ffffff", "road_edge": "#c3b49b"}

ROADS: dict[str, float] = {
    "motorway": 4.5,
    "highway": 4.0,
    "trunk": 4.0,
    "avenue": 3.6,
    "primary": 3.6,
    "arterial": 3.6,
    "main": 3.6,
    "secondary": 2.8,
    "road": 2.8,
    "collector": 2.6,
    "tertiary": 2.2,
    "street": 2.0,
    "local": 1.8,
    "residential": 1.6,
    "country": 1.3,
    "lane": 1.2,
    "service": 1.0,
    "track": 1.0,
    "path": 0.8,
}
"""Width of a road of a class in CSS pixels at zoom 15; a class without an entry is drawn 1.6 wide."""
