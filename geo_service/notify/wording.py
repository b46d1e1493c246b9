"""What messages say: texts with `{placeholders}` of a closed list. Nothing in them is executed, no value can be more than text. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from geo_service.errors import RequestError

LANGUAGES = ("zh-CN", "en")
AUDIENCES = ("reporter", "staff")
ANY = "*"
"""The text of every kind that has none of its own; reporters have no such text: of what they have no text for, they hear nothing."""

PLACEHOLDERS = (
    "id",
    "city",
    "tracking_number",
    "event",
    "state",
    "stage",
    "category",
    "urgency",
    "area",
    "address",
    "description",
    "reporter",
    "owner",
    "due_at",
    "at",
)
_FIELD = re.compile(r"\{([^{}]*)\}")
_BIDI = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f"}
LONGEST_VALUE, LONGEST_SUBJECT, LONGEST_BODY = 200, 200, 4000


@dataclass(frozen=True, slots=True)
class Template:
    """A text for an audience, a kind of event (or `stage:<name>`, or `*`) and a language. version: 0 is the shipped one."""

    audience: str
    kind: str
    language: str
    subject: str
    body: str
    version: int = 0


@cache
def shipped() -> Mapping[tuple[str, str, str], Template]:
    """(audience, kind, language) -> the text that comes with the program."""
    told = json.loads(files("geo_service.notify").joinpath("data/templates.json").read_text("utf-8"))
    return {
        (audience, kind, language): Template(audience, kind, language, text["subject"], text["body"])
        for audience, kinds in told.items()
        for kind, languages in kinds.items()
        for language, text in languages.items()
    }


@cache
def event_names() -> Mapping[str, tuple[str, str]]:
    """kind of event -> its name in Chinese and in English."""
    told = json.loads(files("geo_service.notify").joinpath("data/events.json").read_text("utf-8"))
    return {kind: (zh, en) for kind, (zh, en) in told.items()}


def chosen(
    texts: Mapping[tuple[str, str, str], Template], *, audience: str, kind: str, stage: str | None, language: str
) -> Template | None:
    """The text for an event: of its kind, else of the stage the case is in, else of any kind; None where there is none."""
    for name in (kind, *((f"stage:{stage}",) if stage else ()), ANY):
        for spoken in (language, *LANGUAGES):
            found = texts.get((audience, name, spoken))
            if found is not None:
                return found
    return None


def require_text(template: Template) -> None:
    """RequestError for an unknown placeholder, a stray brace, a subject of several lines, or a text that is empty or too long."""
    for field, text, longest in (("subject", template.subject, LONGEST_SUBJECT), ("body", template.body, LONGEST_BODY)):
        if not text.strip() or len(text) > longest:
            raise RequestError(
                "bad_template_length",
                en="the {field} has 1 to {longest} characters",
                zh="{field} 须为 1 至 {longest} 个字符",
                field=field,
                longest=longest,
            )
        for name in _FIELD.findall(text):
            if name not in PLACEHOLDERS:
                raise RequestError(
                    "unknown_placeholder",
                    en="there is no placeholder {name!r}; known are {known}",
                    zh="没有占位符 {name!r}；可用：{known}",
                    name=name[:40],
                    known=", ".join(PLACEHOLDERS),
                    field=field,
                )
        if {"{", "}"} & set(_FIELD.sub("", text)):
            raise RequestError("stray_brace", en="a brace that belongs to no placeholder", zh="存在不成对的花括号", field=field)
        allowed = "" if field == "subject" else "\n\t"
        if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in allowed for sign in text):
            raise RequestError("control_character", en="a control character", zh="含有控制字符", field=field)


def written(template: Template, values: Mapping[str, str]) -> tuple[str, str]:
    """(subject, body) with the values filled in, once: a value that looks like a placeholder stays what it is."""
    said = {name: plain(values.get(name, "")) for name in PLACEHOLDERS}
    subject, body = (_FIELD.sub(lambda found: said.get(found[1], ""), text) for text in (template.subject, template.body))
    return plain(subject)[:LONGEST_SUBJECT], body


def plain(value: str) -> str:
    """A value as one line of text that can neither end a header nor open a tag: no line breaks, controls or turned writing; `<` as `＜`."""
    line = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign for sign in value if sign not in _BIDI)
    line = " ".join(line.replace("<", "＜").replace(">", "＞").split(" ")).strip()
    return line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 1] + "…"
