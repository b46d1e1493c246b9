"""What an operation did: images before and after, what was material, where land and households went; as plain rows, and inverted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from boundaries.editing.operations import Operation, Undo, from_json
from boundaries.editing.state import AreaState
from boundaries.model import Defect

__all__ = ["Change", "Lineage"]


@dataclass(frozen=True, slots=True)
class Lineage:
    """Land of one area that became another's. area_share, household_share: of what `from_key` had before, 0..1.

    kind: split (the new area was cut out of it), merge (it ended in the other), transfer (a piece of it), absorb (land of nobody;
    from_key is then None and the shares are 1).
    """

    kind: Literal["split", "merge", "transfer", "absorb"]
    from_key: int | None
    to_key: int
    area_m2: float
    area_share: float
    household_share: float


@dataclass(frozen=True, slots=True)
class Change:
    """The result of an operation on a workspace; nothing is changed until it is installed.

    operation: with everything decided, so that it can be applied again. before, after: states by key, None where the area did not or
    does not exist; all keys are in both. material: False for a neighbour that only received vertices. warnings: defects of severity
    warning. outline_drift_m2: what rounding moved the rim of the city.
    """

    operation: Operation
    before: Mapping[int, AreaState | None]
    after: Mapping[int, AreaState | None]
    material: Mapping[int, bool]
    lineage: tuple[Lineage, ...] = ()
    warnings: tuple[Defect, ...] = ()
    outline_drift_m2: float = 0.0
    undoes: bool = field(default=False)

    @property
    def keys(self) -> list[int]:
        """The keys written, ascending."""
        return sorted(self.after)

    @property
    def founded(self) -> list[int]:
        """The keys of areas that did not exist before."""
        return [key for key in self.keys if self.before[key] is None]

    @property
    def retired(self) -> list[int]:
        """The keys of areas that no longer exist."""
        return [key for key in self.keys if self.after[key] is None]

    def inverse(self) -> Change:
        """The change that takes this one back."""
        return Change(
            operation=Undo(),
            before=self.after,
            after=self.before,
            material=self.material,
            outline_drift_m2=-self.outline_drift_m2,
            undoes=True,
        )

    def to_rows(self) -> list[dict[str, Any]]:
        """One row an area: key, material, before and after (rows of `AreaState.to_row`, or None)."""
        return [
            {"key": key, "material": self.material[key], "before": _row(self.before[key]), "after": _row(self.after[key])}
            for key in self.keys
        ]

    @classmethod
    def from_rows(cls, operation: dict[str, Any], rows: list[dict[str, Any]], *, outline_drift_m2: float = 0.0) -> Change:
        """A change read back from its operation's JSON and its rows. Lineage and warnings are not part of the rows."""
        return cls(
            operation=from_json(operation),
            before={row["key"]: _state(row["before"]) for row in rows},
            after={row["key"]: _state(row["after"]) for row in rows},
            material={row["key"]: bool(row["material"]) for row in rows},
            outline_drift_m2=outline_drift_m2,
        )


def _row(state: AreaState | None) -> dict[str, Any] | None:
    return None if state is None else state.to_row()


def _state(row: dict[str, Any] | None) -> AreaState | None:
    return None if row is None else AreaState.from_row(row)
