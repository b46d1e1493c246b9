"""HTTP of rules as tables: look, export, check, import."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.api.deps import Language, Reading, WiringDep, Writing
from geo_service.api.instants import Instant
from geo_service.cases.calendars import calendar_in_force
from geo_service.cases.rule_versions import books
from geo_service.errors import RequestError
from geo_service.flows.rules.looking import Lines, export, lines, listing
from geo_service.flows.rules.schemas import ImportOut, LinesOut, RulesListOut, RulesOut, VersionsOut
from geo_service.flows.rules.service import Import, bring_in, give_up
from geo_service.flows.rules.telling import ends_out, import_out, lines_out, rules_out
from geo_service.rulebooks.registry import kinds_of

router = APIRouter(prefix="/api/v1/rules", tags=["rules"])

LARGEST = 2_000_000_000
Name = Annotated[str, Path(max_length=40, description="catalogue, or one of its tables; calendar, matrix, ladder, entries")]
Reader = Annotated[Actor, Depends(permits("cases.read"))]
Editor = Annotated[Actor, Depends(permits("rules.write"))]
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@router.get("", summary="Every kind of rules and its version in force")
def kinds(connection: Reading, wiring: WiringDep, language: Language, _: Reader) -> RulesListOut:
    """Needs a key. `calendar` warns from 60 days before the table of holidays runs out."""
    now, timezone = wiring.clock.now(), wiring.published.current().city.timezone
    ends = ends_out(calendar_in_force(connection, at=now), at=now, timezone=timezone, language=language)
    return RulesListOut(
        items=[rules_out(name, found, counts, language) for name, found, counts in listing(connection, now=now)], calendar=ends
    )


@router.get("/{kind}", response_model=LinesOut, summary="The lines of a kind of rules, as JSON or as a file")
def show(
    kind: Name,
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    _: Reader,
    version: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
    at: Annotated[Instant | None, Query(description="the version in force at this instant")] = None,
    form: Annotated[Literal["json", "csv", "xlsx"], Query(alias="format")] = "json",
) -> Response:
    """Needs a key. A file names the version it was made from, so that its import can tell whether somebody else was quicker."""
    now = wiring.clock.now()
    found = lines(connection, kind, now=now, version=version, at=at)
    if form != "json":
        return _file(found, form)
    ends = None
    if kind == "calendar":
        timezone = wiring.published.current().city.timezone
        ends = ends_out(calendar_in_force(connection, at=now), at=now, timezone=timezone, language=language)
    answer = lines_out(found, ends)
    return Response(answer.model_dump_json(), media_type="application/json", headers={"ETag": f'"{found.book.version}"'})


def _file(found: Lines, form: Literal["csv", "xlsx"]) -> Response:
    name = f"{found.name}-v{found.book.version}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "ETag": f'"{found.book.version}"'}
    return Response(export(found, form), media_type=TYPES[form], headers=headers)


@router.get("/{kind}/versions", summary="All versions of a kind of rules")
def versions(kind: Name, connection: Reading, language: Language, _: Reader) -> VersionsOut:
    """Needs a key. The latest first. The tables of the catalogue share their versions."""
    found = books(connection, kinds_of(kind)[0].book)
    return VersionsOut(items=[rules_out(kind, one, {}, language) for one in found])


@router.delete("/{kind}/versions/{version}", summary="Withdraw a version that is planned")
def withdraw(
    kind: Name, version: Annotated[int, Path(ge=1, le=LARGEST)], connection: Writing, wiring: WiringDep, actor: Editor, language: Language
) -> RulesOut:
    """Needs the permission rules.write. 409 for a version that is in force or was: that is changed by a new one."""
    return rules_out(kind, give_up(connection, kind, version, actor=actor, now=wiring.clock.now()), {}, language)


async def body_bytes(request: Request) -> bytes:
    """The body as it came. RequestError for none."""
    raw = await request.body()
    if not raw:
        raise RequestError("empty_file", en="send the file as the body", zh="请以请求体发送文件", field="file")
    return raw


_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {name.split(";")[0]: {"schema": {"type": "string", "format": "binary"}} for name in TYPES.values()},
    }
}


@router.post("/{kind}", openapi_extra=_FILE, summary="Import a table of rules, or see what it would change")
def bring(
    kind: Name,
    data: Annotated[bytes, Depends(body_bytes)],
    connection: Writing,
    wiring: WiringDep,
    actor: Editor,
    language: Language,
    commit: Annotated[bool, Query(description="make it the next version; without it nothing is saved")] = False,
    base: Annotated[int | None, Query(ge=1, le=LARGEST, description="the version it was made from, where the file does not say")] = None,
    encoding: Annotated[str, Query(max_length=20, description="of a CSV: utf-8, gbk, gb18030")] = "utf-8",
    effective_from: Annotated[Instant | None, Query(description="from when it is to hold; at once otherwise")] = None,
    allow_gaps: Annotated[bool, Query(description="take a matrix that leaves more undecided than before")] = False,
    note: Annotated[str, Query(max_length=300)] = "",
) -> ImportOut:
    """Needs the permission rules.write. The body is the CSV or XLSX file itself. All bad rows are listed at once; open cases keep
    what they were judged by. With `effective_from` it holds exactly from that instant on, and until then nothing changes. 412 where
    somebody changed these tables since the base; 409 where the matrix would get worse, or a version planned for later would undo it."""
    asked = Import(data, encoding=encoding, base=base, commit=commit, allow_gaps=allow_gaps, note=note, effective_from=effective_from)
    done = bring_in(connection, wiring.published.current(), kind, asked, actor=actor, now=wiring.clock.now())
    return import_out(done, language)
