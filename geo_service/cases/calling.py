"""Cases by the phone of whoever reported them: the exact number only. Takes a connection, never commits."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.cases.tables import case_record, reporter
from geo_service.cases.visible import within
from geo_service.scope import Scope

COUNTRY = "86"
MOBILE_DIGITS = 11


def digits_of(phone: str) -> str:
    """The digits of a number, without the country's code in front of a mobile number."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    return digits.removeprefix(COUNTRY) if len(digits) == len(COUNTRY) + MOBILE_DIGITS else digits


def cases_of_phone(connection: Connection, phone: str, *, scopes: tuple[Scope, ...], limit: int) -> list[int]:
    """The ids of the cases that this number reported and that every one of the scopes reaches, newest first; however it was written."""
    digits = digits_of(phone)
    written: sa.ColumnElement[str] = reporter.c.phone
    for sign in (" ", "-", "+"):
        written = sa.func.replace(written, sign, "")
    query = (
        sa.select(case_record.c.case_id)
        .join(reporter, reporter.c.case_id == case_record.c.case_id)
        .where(written.in_([digits, COUNTRY + digits]), *(one for scope in scopes for one in within(scope)))
        .order_by(case_record.c.case_id.desc())
        .limit(limit)
    )
    return list(connection.execute(query).scalars())
