"""Cases named one by one, however many there are."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from geo_service.cases.tables import case_record


class id_among(GenericFunction[bool]):  # noqa: N801  # named as SQL functions are
    """Whether an id is in a list that comes as one JSON parameter: a statement has no room for 100,000 of them."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(id_among)
def _in_sql(element: Any, compiler: Any, **more: Any) -> str:
    column, ids = (compiler.process(one, **more) for one in element.clauses)
    if compiler.dialect.name == "postgresql":
        return f"{column} IN (SELECT CAST(one AS BIGINT) FROM json_array_elements_text(CAST({ids} AS JSON)) AS listed(one))"
    return f"{column} IN (SELECT value FROM json_each({ids}))"


def among(ids: tuple[int, ...]) -> sa.ColumnElement[bool]:
    """Cases with these ids."""
    return id_among(case_record.c.case_id, sa.literal(orjson.dumps(ids).decode(), sa.Text()))
