"""The ladder of areas of the model city."""

from __future__ import annotations

from boundaries.model import Level


def levels() -> tuple[Level, ...]:
    """The levels from the city down to the micro-grid, the rest of any parent, and the compound beside the ladder."""
    return (
        Level("city", 0, "市", "city", False, r"\d{6}", 0.0),
        Level("district", 1, "区县", "district", False, r"\d{6}", 6.0),
        Level("street", 2, "街道（镇、乡）", "street or town", False, r"\d{9}", 9.0),
        Level("community", 3, "社区（村）", "community or village", False, r"\d{12}", 11.0),
        Level("grid", 4, "网格", "grid", False, r"\d{15}", 13.5),
        Level("micro_grid", 5, "微网格", "micro-grid", True, r"\d{17}", 15.0),
        Level("rest", 6, "其余", "rest", True, r"\d{6,15}9+", 15.0),
        Level("compound", None, "小区", "compound", False, r"XQ\d{12}", 14.5),
    )
