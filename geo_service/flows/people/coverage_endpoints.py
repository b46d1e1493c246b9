"""HTTP of the coverage report, and of who stands for a compound."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from boundaries.model import AreaVersion
from geo_service.accounts import Actor
from geo_service.api.deps import Language, Reading, WiringDep, Writing, body_of, json_body
from geo_service.api.texts import Line
from geo_service.catalogue import sheets
from geo_service.errors import DeniedError, NotFoundError, RequestError
from geo_service.flows.people import coverage as story
from geo_service.flows.people import service
from geo_service.flows.people.asking import Administrator, AreaCode, At, Generation, Limit, Reader, utc
from geo_service.flows.people.places import COMPOUND, answering, area_not_found, compound_homes, known_area
from geo_service.flows.people.reach import Reached
from geo_service.flows.people.schemas import BodyIn, CoverageOut, GapsOut
from geo_service.flows.people.showing import gap_out, line_out
from geo_service.published import Published
from geo_service.workers.compounds import bodies_of, put_body

router = APIRouter()
Form = Annotated[Literal["json", "csv", "xlsx"], Query(alias="format")]
_MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@router.get("/people/coverage", response_model=CoverageOut, summary="Where nobody stands, counted")
def coverage(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    actor: Reader,
    area: AreaCode = None,
    level: Annotated[Line | None, Query(max_length=30, description="a line for each area of this level")] = None,
    generation: Generation = None,
    at: At = None,
    form: Form = "json",
) -> Response:
    """Needs a key. Grids without a full-time worker or linked leader, micro-grids without a leader, compounds without an owners'
    committee, party organisation or property firm: each number with its denominator and the list behind it. Who reaches a part of the
    city is told of that part."""
    published = answering(wiring.published, connection, number=generation, at=at)
    moment = utc(at, wiring.clock.now())
    area, whole = _within(published, actor, area)
    found = story.coverage(connection, published, area=area, level=level, at=moment)
    if form != "json":
        columns, rows = story.table(found)
        return _sheet(columns, rows, form, "coverage")
    asked = _asked(generation, at)
    lost = story.orphaned(connection, published, at=moment, language=language) if whole else []
    answer = CoverageOut(
        generation=published.number,
        at=moment,
        note=story.note(found, language) + story.orphan_note(len(lost), language),
        orphaned=lost,
        whole=line_out(story.Line(found.top, found.whole), language, asked),
        items=[line_out(line, language, asked) for line in found.lines],
    )
    return Response(answer.model_dump_json(), media_type="application/json")


@router.get("/people/coverage/gaps", response_model=GapsOut, summary="The list behind a number of the coverage report")
def gaps(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    actor: Reader,
    kind: Annotated[Line, Query(max_length=40, examples=["grid_without_worker"])],
    area: AreaCode = None,
    generation: Generation = None,
    at: At = None,
    form: Form = "json",
    after: Annotated[Line | None, Query(max_length=40, description="the `next` of the page before")] = None,
    limit: Limit = 100,
) -> Response:
    """Needs a key. By code; sheets hold the whole list."""
    rule = story.rule_of(kind)
    published = answering(wiring.published, connection, number=generation, at=at)
    area, _ = _within(published, actor, area)
    found = story.gaps(connection, published, rule, area=area, at=utc(at, wiring.clock.now()))
    if form != "json":
        columns, rows = story.gap_table(found)
        return _sheet(columns, rows, form, kind)
    chinese = language.startswith("zh")
    label = rule.zh if chinese else rule.en
    rest = [gap for gap in found if after is None or gap.area.code > after]
    none = "没有缺口" if chinese else "no gaps"
    answer = GapsOut(
        kind=rule.name,
        label=label,
        total=len(found),
        note=f"{label}：{len(found)}" if found and chinese else f"{label}: {len(found)}" if found else none,
        items=[gap_out(gap) for gap in rest[:limit]],
        next=rest[limit - 1].area.code if len(rest) > limit else None,
    )
    return Response(answer.model_dump_json(), media_type="application/json")


@router.get("/compounds/{code}/bodies", summary="Who stands for a compound")
def bodies(code: Annotated[Line, Path(max_length=32)], connection: Reading, wiring: WiringDep, _: Reader) -> list[dict[str, Any]]:
    """Needs a key. With who stood for it before."""
    _compound(wiring.published.current(), code)
    return [dict(row._mapping) for row in bodies_of(connection, code)]


@router.post(
    "/compounds/{code}/bodies",
    openapi_extra=json_body(BodyIn, committee={"kind": "owners_committee", "name": "业主委员会"}),
    summary="Say who stands for a compound",
)
def set_body(
    code: Annotated[Line, Path(max_length=32)],
    body: Annotated[tuple[BodyIn, bytes], Depends(body_of(BodyIn))],
    connection: Writing,
    wiring: WiringDep,
    actor: Administrator,
) -> list[dict[str, Any]]:
    """Needs the role administrator."""
    said, now = body[0], wiring.clock.now()
    published = wiring.published.current()
    compound = _compound(published, code)
    home = compound_homes(published).get(compound.area_id)
    Reached(published, actor, "people.write").require_area(home.code if home is not None else compound.code)
    service.hold(connection)
    put_body(connection, compound_code=code, kind=said.kind, name=said.name, at=utc(said.from_at, now))
    service.log(connection, "compound_body_set", actor.name, now, compound_code=code, body=said.kind, present=said.name is not None)
    return [dict(row._mapping) for row in bodies_of(connection, code)]


def _compound(published: Published, code: str) -> AreaVersion:
    found = next((area for area in published.areas.values() if area.code == code and area.level == COMPOUND), None)
    if found is None:
        raise NotFoundError("compound_not_found", en="there is no compound {compound}", zh="没有代码为 {compound} 的小区", compound=code)
    return found


def _within(published: Published, actor: Actor, area: str | None) -> tuple[str | None, bool]:
    """(the area to report on, whether the actor reaches the whole city): of the city where none is named, else of the one that the actor
    reaches. NotFoundError for one out of reach; RequestError where several are reached and none is named; DeniedError where none is."""
    reached = Reached(published, actor)
    if reached.codes is None:
        return area, True
    if area is not None:
        if not reached.has(known_area(published, area).code):
            raise area_not_found(area)
        return area, False
    tops = reached.tops()
    if not tops:
        raise DeniedError("outside_your_area", en="your roles reach no area", zh="您的角色不涉及任何区域")
    if len(tops) > 1:
        known = ", ".join(tops)
        raise RequestError("area_unsaid", en="say which area: {known}", zh="请指定区域：{known}", known=known[:400], field="area")
    return tops[0], False


def _asked(generation: int | None, at: datetime | None) -> dict[str, str]:
    return {**({"generation": str(generation)} if generation is not None else {}), **({"at": at.isoformat()} if at is not None else {})}


def _sheet(columns: list[str], rows: list[list[str | float | int | None]], form: Literal["csv", "xlsx"], name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(sheets.write(columns, rows, form, title=name), media_type=_MEDIA[form], headers=headers)
