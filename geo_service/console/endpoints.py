"""HTTP of what the console's list and map are drawn from. Made for its screens: other systems use /api/v1/cases."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from sqlalchemy import Connection
from starlette.responses import Response

from geo_service.accounts import Actor, scope
from geo_service.api.auth import permits
from geo_service.api.deps import Language, Reading, WiringDep
from geo_service.cases.finding import conditions
from geo_service.cases.placing import placed
from geo_service.cases.repository import of_row
from geo_service.cases.tables import case_record
from geo_service.cases.visible import within
from geo_service.console import columns
from geo_service.console.schemas import CaseChangesOut, CaseColumnsOut, ListedCase, RowsOut, VocabularyOut
from geo_service.console.vocabulary import vocabulary
from geo_service.flows.dispatch.asking import LARGEST_ID, CaseQuery, Cases
from geo_service.flows.dispatch.showing import case_row
from geo_service.rulebooks.naming import CategoryNames
from geo_service.workers.repository import owner_names

router = APIRouter(prefix="/api/v1/console", tags=["console"])

MOST_ROWS = 200
Reader = Annotated[Actor, Depends(permits("cases.read"))]


class RowsQuery(CaseQuery):
    """The filter, and the cases of which those are wanted that match it."""

    ids: str = Field(pattern=r"^[1-9][0-9]{0,17}(,[1-9][0-9]{0,17}){0,199}$", description="up to 200 case ids, parted by commas")


@router.get("/cases", response_model=CaseColumnsOut, summary="All cases that match, column by column")
def cases(query: Cases, connection: Reading, wiring: WiringDep, request: Request, actor: Reader) -> Response:
    """Needs a key."""
    now = wiring.clock.now()
    wanted = placed(connection, query.filter(now, scope(actor, "cases.read")))
    found = columns.columns(connection, request.app.state.held, wanted, now=now)
    found["generation"] = wiring.published.current().number
    return Response(orjson.dumps(found, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")


@router.get("/rows", summary="Some cases as lists show them")
def rows(query: Annotated[RowsQuery, Query()], connection: Reading, wiring: WiringDep, language: Language, actor: Reader) -> RowsOut:
    """Needs a key. Cases that do not match the filter (any more) are left out."""
    now = wiring.clock.now()
    where = conditions(placed(connection, query.filter(now, scope(actor, "cases.read"))))
    found = _rows(connection, [int(one) for one in query.ids.split(",")], where, now=now, language=language)
    owners = owner_names(connection, [row.owner for row in found if row.owner], at=now, language=language)
    return RowsOut(items=found, owners=owners)


@router.get("/changes", summary="The cases with events behind a position of the log")
def changes(
    connection: Reading, wiring: WiringDep, language: Language, actor: Reader, after: Annotated[int, Query(ge=0, le=LARGEST_ID)]
) -> CaseChangesOut:
    """Needs a key. For clients the stream does not reach. `reset`: too much has happened, ask for everything again."""
    position, kinds = columns.changed_since(connection, after)
    if kinds is None:
        return CaseChangesOut(position=position, reset=True, cases=[], kinds={})
    found = _rows(connection, list(kinds), within(scope(actor, "cases.read")), now=wiring.clock.now(), language=language)
    seen = {row.case_id for row in found}
    return CaseChangesOut(position=position, reset=False, cases=found, kinds={str(one): kinds[one] for one in kinds if one in seen})


@router.get("/vocabulary", summary="Categories, agencies and levels by name")
def words(connection: Reading, wiring: WiringDep, language: Language, _: Reader) -> VocabularyOut:
    """Needs a key."""
    return vocabulary(connection, wiring, language)


def _rows(connection: Connection, ids: list[int], where: list[sa.ColumnElement[bool]], *, now: Any, language: str) -> list[ListedCase]:
    query = sa.select(case_record).where(case_record.c.case_id.in_(ids), *where).order_by(case_record.c.case_id.desc())
    found = [of_row(row) for row in connection.execute(query)]
    names = CategoryNames(connection, at=now)
    return [ListedCase(**case_row(one, now, language, names), areas=one.routing.areas) for one in found]
