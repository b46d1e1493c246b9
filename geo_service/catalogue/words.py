"""What stands beside a category: the kind of affair, the hotline's kind, urgency, classes of areas. Texts are (zh, en)."""

from __future__ import annotations

AFFAIRS: dict[str, tuple[str, str]] = {
    "personal": ("个事", "personal: a resident's own affair, closed with advice"),
    "community": ("社事", "community: a public affair of the community, deliberated"),
    "specialised": ("专事", "specialised: a department's business"),
    "hard": ("难事", "hard: beyond the community, consulted on at the dispatch centre"),
}

HOTLINE_KINDS: dict[str, tuple[str, str]] = {
    "enquiry": ("咨询", "enquiry"),
    "help": ("求助", "call for help"),
    "complaint": ("投诉", "complaint"),
    "tip_off": ("举报", "tip-off"),
    "suggestion": ("建议", "suggestion"),
    "praise": ("表扬", "praise"),
}

URGENCIES: dict[str, tuple[str, str]] = {
    "normal": ("一般", "normal"),
    "urgent": ("紧急", "urgent"),
    "emergency": ("突发", "emergency: at once, round the clock"),
}

AREA_CLASSES: dict[str, tuple[str, str]] = {
    "*": ("不分类", "any"),
    "key": ("重点区域", "key area: squares, stations, main roads"),
    "core": ("主城区", "built-up core"),
    "fringe": ("城乡结合区", "urban fringe"),
    "town": ("镇中心区", "centre of a town"),
    "village": ("村庄", "village"),
}

STAGES: dict[str, tuple[str, str]] = {
    "intake": ("受理", "intake"),
    "verify": ("核实", "verification"),
    "file": ("立案", "filing"),
    "dispatch": ("派遣", "dispatch"),
    "handle": ("处置", "handling"),
    "check": ("核查", "check before closing"),
    "overall": ("全流程", "from report to close"),
}

CLOCKS: dict[str, tuple[str, str]] = {
    "urgent_hour": ("紧急工作时", "hours round the clock"),
    "work_hour": ("工作时", "working hours"),
    "work_day": ("工作日", "working days"),
    "natural_day": ("自然日", "calendar days"),
}


def parents_of(category: str) -> tuple[str, ...]:
    """A category and the subtrees it lies in, finest first: key, major (two digits), kind, tree, '*'."""
    parts = category.split(":")
    above = [":".join(parts[:length]) for length in range(len(parts), 0, -1)]
    if len(parts) == 3 and len(parts[2]) > 2:
        above.insert(1, f"{parts[0]}:{parts[1]}:{parts[2][:2]}")
    return (*above, "*") if category != "*" else ("*",)
