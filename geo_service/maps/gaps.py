"""The map of what the responsibility matrix leaves open: the completeness proof, drawn grid by grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import map_ui.views
from boundaries.model import AreaVersion
from geo_service.api.wiring import Wiring
from geo_service.catalogue.rulebook import Rulebook
from geo_service.maps.drawing import ground_of, heading_of, level_names
from geo_service.maps.frames import areas_frame
from geo_service.published import Published
from geo_service.responsibility import Finding, Places, prove
from geo_service.rulebooks import matrix_in_force, rulebook_in_force
from geo_service.rulebooks.places import places_of
from geo_service.scope import NOTHING

SHOWN = 40
"""Categories listed for an area; the others are counted."""
SMALLEST = "grid"


def gaps_map(wiring: Wiring, connection: Connection, *, language: str) -> str:
    """The page: every grid (and every leaf outside of grids) by whether each matter has exactly one lead there, for a year from today."""
    published, now = wiring.published.current(), wiring.clock.now()
    rulebook, matrix = rulebook_in_force(connection, at=now), matrix_in_force(connection, at=now)
    places = places_of(published)
    day = now.astimezone(ZoneInfo(published.city.timezone)).date()
    proof = prove(matrix.rules, rulebook.categories, places, on=day)
    frame = areas_frame(connection, published, chosen=list(published.areas.values()), at=now, language=language, scope=NOTHING)
    frame = frame[~frame["code"].isin(_below_grids(published))].reset_index(drop=True)
    chinese = language.startswith("zh")
    view = map_ui.views.gaps(
        frame,
        missing=_by_grid(published, places, proof.gaps, rulebook, chinese=chinese),
        doubled=_by_grid(published, places, proof.double_claims, rulebook, chinese=chinese),
        heading=heading_of(wiring, published, None),
        note={
            "zh-CN": _note(matrix.version, proof.gap_pairs, proof.double_pairs, proof.left_off, chinese=True),
            "en": _note(matrix.version, proof.gap_pairs, proof.double_pairs, proof.left_off, chinese=False),
        },
        ground=ground_of(wiring, frame, None),
        level_names=level_names(published),
    )
    return map_ui.views.render(view, language)


def _note(version: int, gaps: int, doubles: int, left_off: int, *, chinese: bool) -> str:
    if not gaps and not doubles:
        said = ("没有空白：每个地块的每类事项都有且仅有一个主办单位", "no gaps: every matter has exactly one lead everywhere")
    else:
        said = (f"空白 {gaps} 处，重复认领 {doubles} 处（类别 × 地块）", f"{gaps} gaps, {doubles} double claims (categories × leaves)")
    more = (f"；另有 {left_off} 组未列出", f"; {left_off} groups are not listed") if left_off else ("", "")
    return f"责任矩阵第 {version} 版 · {said[0]}{more[0]}" if chinese else f"Matrix, version {version} · {said[1]}{more[1]}"


def _below_grids(published: Published) -> set[str]:
    return {a.code for a in published.areas.values() if any(up.level == SMALLEST for up in published.chain(a)[1:])}


def _drawn(published: Published, leaf: AreaVersion) -> str:
    return next((up.code for up in published.chain(leaf) if up.level == SMALLEST), leaf.code)


def _by_grid(published: Published, places: Places, findings: Iterable[Finding], rulebook: Rulebook, *, chinese: bool) -> Mapping[str, str]:
    """Code of a drawn area -> what is wrong in it, category by category."""
    below: dict[str, set[str]] = {}
    for leaf in places.leaves:
        drawn = _drawn(published, published.by_code[leaf])
        for code in places.chain(leaf):
            below.setdefault(code, set()).add(drawn)
    lines: dict[str, dict[str, None]] = {}
    for one in findings:
        said = _said(one, rulebook, chinese=chinese)
        for drawn in below.get(one.area, ()):
            lines.setdefault(drawn, {})[said] = None
    return {code: _joined(list(said), chinese=chinese) for code, said in lines.items()}


def _said(one: Finding, rulebook: Rulebook, *, chinese: bool) -> str:
    known = rulebook.categories.get(one.category)
    name = f"{known.name} ({one.category})" if known else one.category
    if one.category == "*":
        name = "全部类别" if chinese else "everything"
    leads = f": {' / '.join(one.leads)}" if one.leads else ""
    return f"{name}{leads}, {one.first_on} – {one.last_on}"


def _joined(said: list[str], *, chinese: bool) -> str:
    hidden = len(said) - SHOWN
    more = [f"另有 {hidden} 项" if chinese else f"{hidden} more"] if hidden > 0 else []
    return "; ".join([*said[:SHOWN], *more])
