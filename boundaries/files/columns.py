"""Columns of a frame by the names a caller gives, as text. Unknown ones are named together with those there are; none is guessed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas
from numpy.typing import NDArray

from boundaries.errors import FileError

__all__ = ["as_text", "require_columns", "text_column"]


def require_columns(wanted: Iterable[str], available: Iterable[str], *, name: str) -> None:
    """Nothing, when every wanted column is there. Raises FileError `unknown_column` with the columns available in `name`."""
    names = [str(column) for column in available]
    for column in wanted:
        if column not in names:
            raise FileError(
                "unknown_column",
                en="{name} has no column {column}; it has: {available}.",
                zh="{name} 没有列 {column};可用列:{available}。",
                name=name,
                column=column,
                available=", ".join(names) or "-",
            )


def text_column(frame: Any, column: str) -> NDArray[np.object_]:
    """A column's values as text, '' where a value is missing: codes read as numbers come out without a decimal point."""
    values = frame[column].tolist()
    result = np.empty(len(values), dtype=object)
    result[:] = [as_text(value) for value in values]
    return result


def as_text(value: object) -> str:
    """One value as text: None, NaN, NaT and NA are '', whole floats lose their '.0', texts stay as they are."""
    if value is None or value is pandas.NA or value != value:
        return ""
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return str(int(value))
    return str(value)
