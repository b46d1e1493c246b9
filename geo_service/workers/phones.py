"""The dedicated range of telephone numbers: posts of some roles take their number from it, each number once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.errors import ConflictError, RequestError
from geo_service.workers.tables import phone_range, post

_NUMBER = re.compile(r"\+?[0-9](?:[ \-]?[0-9]){1,16}")


@dataclass(frozen=True, slots=True)
class PhoneRange:
    """Numbers that posts of a role may have: from `first` to `last`, both included, of the same number of digits."""

    role: str
    first: str
    last: str


def digits(phone: str) -> str:
    """The number without what only helps reading it."""
    return "".join(sign for sign in phone if sign.isdigit())


def masked(phone: str | None) -> str | None:
    """A private number as lists show it: the first three and the last two digits, for short ones only the last."""
    if phone is None:
        return None
    bare = digits(phone)
    return f"{bare[:3]}{'*' * (len(bare) - 5)}{bare[-2:]}" if len(bare) > 7 else f"{'*' * max(0, len(bare) - 1)}{bare[-1:]}"


def check_phone(connection: Connection, *, role: str, phone: str) -> str:
    """The number as it is stored. RequestError: not a number, or outside the range of the role; ConflictError: another post has it."""
    if _NUMBER.fullmatch(phone) is None or len(phone) > 20:
        raise RequestError("bad_phone", en="this is no telephone number", zh="电话号码有误", field="duty_phone")
    ranges = phone_ranges(connection, role=role, lock=True)
    if not ranges:
        return phone
    if not any(len(digits(one.first)) == len(digits(phone)) and digits(one.first) <= digits(phone) <= digits(one.last) for one in ranges):
        raise RequestError(
            "phone_outside_range",
            en="{phone} is not in the dedicated range of this role: {ranges}",
            zh="{phone} 不在该岗位的专用号段内：{ranges}",
            phone=phone,
            ranges=", ".join(f"{one.first} - {one.last}" for one in ranges),
            field="duty_phone",
        )
    bare = sa.func.replace(sa.func.replace(sa.func.replace(post.c.duty_phone, "-", ""), " ", ""), "+", "")
    taken = connection.execute(sa.select(post.c.post_id).where(bare == digits(phone), post.c.retired_at.is_(None)))
    if (row := taken.first()) is not None:
        raise ConflictError(
            "phone_taken",
            en="{phone} is the number of post {post_id}",
            zh="{phone} 已是岗位 {post_id} 的号码",
            phone=phone,
            post_id=row.post_id,
        )
    return phone


def phone_ranges(connection: Connection, *, role: str | None = None, lock: bool = False) -> list[PhoneRange]:
    """The ranges (of a role), by role and first number. lock: held until the transaction ends, so that a number is given once."""
    r = phone_range.c
    query = sa.select(r.role, r.first, r.last).order_by(r.role, r.first)
    if role is not None:
        query = query.where(r.role == role)
    return [PhoneRange(*row) for row in connection.execute(query.with_for_update() if lock else query)]


def put_phone_ranges(connection: Connection, ranges: Sequence[PhoneRange]) -> None:
    """Replaces all ranges. RequestError for one that cannot be: named by its position."""
    for number, one in enumerate(ranges):
        first, last = digits(one.first), digits(one.last)
        whole = _NUMBER.fullmatch(one.first) and _NUMBER.fullmatch(one.last)
        if not whole or len(first) != len(last) or first > last:
            raise RequestError(
                "bad_phone_range",
                en="range {number}: two numbers of the same length, the smaller one first",
                zh="第 {number} 个号段：须为两个等长号码，小号在前",
                number=number,
                field=f"ranges.{number}",
            )
    connection.execute(sa.delete(phone_range))
    if ranges:
        connection.execute(sa.insert(phone_range), [{"role": one.role, "first": one.first, "last": one.last} for one in ranges])
