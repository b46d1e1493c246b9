"""Texts that people type: what no database and no page should meet is refused where they come in."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator

from geo_service.masking import mask_data, mask_text


def _line(text: str) -> str:
    """Text of one line that is not blank."""
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        raise ValueError("control characters")
    if not text.strip():
        raise ValueError("blank")
    return text


def _paragraphs(text: str) -> str:
    """Text that is not blank, with line breaks and tabs but no other control characters."""
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t" for sign in text):
        raise ValueError("control characters")
    if not text.strip():
        raise ValueError("blank")
    return text


Line = Annotated[str, AfterValidator(_line)]
Paragraphs = Annotated[str, AfterValidator(_paragraphs)]
Masked = Annotated[str, AfterValidator(mask_text)]
"""A text as it goes out: phones and identity numbers that somebody wrote into it are masked."""
MaskedFacts = Annotated[dict[str, Any], AfterValidator(mask_data)]
"""Facts of an event as they go out."""
