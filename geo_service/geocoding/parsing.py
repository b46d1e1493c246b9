"""Reading a Chinese address text: one spelling for many, then the numbers at its end.

People write 3号楼, 3#, ３＃楼, 三栋 or 3幢 for the same building; all become the key '3'. So do 3排 of row houses and 第3组 of a village.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMBER = r"(?:\d{1,4}|[零〇一二两三四五六七八九十百]{1,5})"
_BUILDING = re.compile(rf"(?P<n>{_NUMBER})(?:号楼|#楼|#|栋|幢|座|号院|排(?![水污气烟放查队])|组(?![团织长]))")
_STAIRWELL = re.compile(rf"(?P<n>{_NUMBER})(?:单元|门(?!口|前|外|厅|卫|诊|面))")
_FLOOR = re.compile(rf"(?P<n>{_NUMBER})层|(?<=单元)(?P<m>\d{{1,2}})楼")
_ROOM = re.compile(r"(?<!\d)(?P<n>\d{3,4})(?:室|号房|房)")
_ROAD_NUMBER = re.compile(r"^(?P<n>\d{1,5}(?:-\d{1,3})?)号(?!楼|院)")
_DROPPED = re.compile(r"[\s，。,.、;；:：!！?？()（）\[\]【】<>《》\"'“”‘’/\\|·~]+")


@dataclass(frozen=True, slots=True)
class Tail:
    """The numbers of an address, as keys ('3' for 三号楼), '' or None where they are not said."""

    building: str
    stairwell: str
    floor: int | None


def normalise(text: str) -> str:
    """The text in one spelling: NFKC (full-width becomes half-width), without blanks and punctuation, lower case."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).lower()


def number(text: str) -> int | None:
    """The value of an Arabic or Chinese number up to 999, or None."""
    if text.isdecimal():
        return int(text)
    total, digit = 0, 0
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in "十百":
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            return None
    return total + digit if text else None


def number_key(text: str) -> str:
    """A building's or stairwell's number as a key: '3' for 3号楼, 三栋 and 第3组; the normalised text where there is no number."""
    clean = normalise(text)
    found = re.match(f"第?(?P<n>{_NUMBER})", clean)
    value = number(found.group("n")) if found else None
    return str(value) if value is not None else clean


def tail(rest: str) -> Tail:
    """Building, stairwell and floor in the part of a normalised text that follows the compound or road."""
    building, stairwell = _BUILDING.search(rest), _STAIRWELL.search(rest)
    floor, room = _FLOOR.search(rest), _ROOM.search(rest)
    level = number(floor.group("n") or floor.group("m")) if floor else (int(room.group("n")) // 100 if room else None)
    return Tail(
        str(number(building.group("n"))) if building else "",
        str(number(stairwell.group("n"))) if stairwell else "",
        level,
    )


def road_number(rest: str) -> str:
    """The house number that follows a road's name at once ('12' of 12号), or ''."""
    found = _ROAD_NUMBER.match(rest)
    return found.group("n") if found else ""
