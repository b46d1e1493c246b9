"""The list of rules, and running them. A new rule is a file with a `Rule` in it and one line here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from boundaries.checks import (
    code_texts,
    gaps,
    kinship,
    multipart,
    necks,
    outline,
    overlaps,
    rings,
    shift,
    small,
    spikes,
    supplied,
    unmatched,
)
from boundaries.checks.coverage import Coverage
from boundaries.checks.findings import SEVERITY_ORDER, Rule
from boundaries.model import Defect, Level

__all__ = ["RULES", "run"]

RULES: Final[tuple[Rule, ...]] = (
    rings.RULE,
    overlaps.RULE,
    unmatched.RULE,
    gaps.GAP,
    gaps.HOLE,
    gaps.SLIVER,
    multipart.RULE,
    spikes.RULE,
    necks.RULE,
    small.RULE,
    code_texts.MISSING,
    code_texts.MALFORMED,
    code_texts.DUPLICATE,
    kinship.ORPHAN,
    kinship.CIRCLE,
    kinship.WITHOUT_LEAVES,
    supplied.OUTSIDE,
    supplied.WRONG,
    supplied.DIFFERS,
    outline.RULE,
    shift.RULE,
)


def run(frame: Any, *, levels: Sequence[Level] = (), rules: Iterable[Rule] = RULES) -> list[Defect]:
    """Every finding of the rules about a frame of areas, errors first, then by rule in the list's order, then by area.

    frame: see `Coverage.of` (metric system; columns code, geometry, optional level, kind, parent_code, leaf), or a Coverage. Nothing is
    changed and nothing raised for bad topology. Shapes that are invalid are told once and left out of the rules that compare shapes.
    """
    coverage = frame if isinstance(frame, Coverage) else Coverage.of(frame, levels=levels)
    found = [(SEVERITY_ORDER.index(defect.severity), at, defect) for at, rule in enumerate(rules) for defect in rule.check(coverage)]
    return [defect for *_, defect in sorted(found, key=lambda item: (item[0], item[1], item[2].areas))]
