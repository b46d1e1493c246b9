"""Personal data as everybody sees it: phones, names and identity numbers with their middle left out. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_ONE = "[1１]"
_SEPARATOR = r"[\s\-－.]?"
_PHONE = re.compile(
    rf"(?<![\d.])(?:(?:\+|＋|00)?86{_SEPARATOR})?(?P<mobile>{_ONE}[3-9３-９]\d{_SEPARATOR}\d{{4}}{_SEPARATOR}\d{{4}})(?!\d)"
    rf"|(?<![\d.\-])(?P<fixed>0\d{{2,3}}[\s\-－]\d{{7,8}})(?!\d)"
)
_IDENTITY = re.compile(
    r"(?<!\d)(?P<head>[1-9]\d{5})(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{2}(?P<tail>\d[\dXx])(?![\dXx])"
)


def mask_phone(phone: str) -> str:
    """`138****8000`: the first three and last four digits; of a short number the last two."""
    digits = "".join(ch for ch in phone if ch.isdigit())
    if len(digits) >= 9:
        return f"{digits[:3]}****{digits[-4:]}"
    return "****" + digits[-2:] if len(digits) > 2 else "****"


def mask_name(name: str) -> str:
    """The first character, and a star for each of the others: `王**`."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def mask_text(text: str) -> str:
    """A text with the phone and identity numbers in it masked; everything else stays: codes, tracking numbers, coordinates.

    Mobile numbers (11 digits from 13x, with or without +86 and separators, full-width digits too), fixed lines with their area code,
    18-character identity numbers with a possible date of birth.
    """
    masked = _IDENTITY.sub(lambda m: f"{m['head'][:3]}***********{m['tail'][-2:]}", text)
    return _PHONE.sub(lambda m: mask_phone(m["mobile"] or m["fixed"]), masked)


def mask_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an event with every text in it masked."""
    return {key: mask_value(inner) for key, inner in data.items()}


def mask_value(value: Any) -> Any:
    """A JSON value with every text in it masked."""
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        return {key: mask_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [mask_value(inner) for inner in value]
    return value
