"""HTTP of taking cases out as a file: with a purpose, up to a cap, marked with who took it and when, written down in the log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import Connection
from starlette.responses import Response

from geo_service import event_log
from geo_service.accounts import Actor, scope
from geo_service.api.auth import permits
from geo_service.api.deps import Language, WiringDep, Writing
from geo_service.api.texts import Line
from geo_service.cases import STATES, Case, CaseFilter, cases_page, count_cases
from geo_service.cases.placing import placed
from geo_service.catalogue.sheets import Cell, write, write_workbook
from geo_service.errors import RequestError
from geo_service.event_log import NewEvent
from geo_service.flows.dispatch.asking import CaseQuery
from geo_service.masking import mask_text
from geo_service.rulebooks.naming import CategoryNames
from geo_service.workers.repository import owner_names

router = APIRouter(prefix="/api/v1", tags=["dispatch"])

Taker = Annotated[Actor, Depends(permits("export"))]
MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
COLUMNS: tuple[tuple[str, str], ...] = (
    ("受理编号", "number"),
    ("状态", "state"),
    ("来源", "channel"),
    ("类别", "category"),
    ("紧急程度", "urgency"),
    ("内容", "description"),
    ("地址", "address"),
    ("区域代码", "area"),
    ("经度", "lon (WGS-84)"),
    ("纬度", "lat (WGS-84)"),
    ("责任主体", "owner"),
    ("受理时间", "received"),
    ("截止时间", "due"),
    ("结案时间", "closed"),
)


class ExportQuery(CaseQuery):
    """The filter of lists, the form of the file, and what it is for."""

    form: Literal["csv", "xlsx"] = Field("xlsx", alias="format")
    purpose: Line = Field(min_length=2, max_length=200, description="stands in the file and in the log")


@router.get("/cases/export", response_class=Response, summary="Cases as a spreadsheet")
def export(query: Annotated[ExportQuery, Query()], connection: Writing, wiring: WiringDep, language: Language, actor: Taker) -> Response:
    """Needs export. Phones masked, nothing about who reported; formulas are made harmless. More rows than the cap are refused: narrow
    the filter."""
    now = wiring.clock.now()
    wanted = placed(connection, query.filter(now, scope(actor, "export")))
    most, total = wiring.settings.privacy.export_rows, count_cases(connection, wanted)
    if total > most:
        raise RequestError(
            "export_too_large",
            en="{total} cases match, an export holds {most} at most: narrow the filter",
            zh="共有 {total} 个案件符合条件，一次最多导出 {most} 个，请缩小范围",
            total=total,
            most=most,
            field="filter",
        )
    zone, chosen = ZoneInfo(wiring.published.current().city.timezone), 0 if language.startswith("zh") else 1
    rows = _rows(connection, wanted, most=most, zone=zone, language=language, now=now)
    stamp = now.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    purpose = mask_text(query.purpose)
    mark = f"{actor.name} · {stamp} · {len(rows)} · {purpose}"
    columns = [column[chosen] for column in COLUMNS]
    if query.form == "csv":
        data = write(columns, rows, "csv", mark=mark)
    else:
        about = [[("导出人", "taken by")[chosen], actor.name], [("时间", "at")[chosen], stamp], [("用途", "for")[chosen], purpose]]
        titles = (("案件", "cases")[chosen], ("导出记录", "about")[chosen])
        marked: list[list[Cell]] = [*rows, [mark]]
        data = write_workbook({titles[0]: (columns, marked), titles[1]: (["", ""], about)})
    said = {"what": "cases", "rows": len(rows), "format": query.form, "purpose": purpose, "filter": _said(query)}
    event_log.append(connection, [NewEvent("exported", None, actor.name, now, said)])
    name = f"cases-{now.astimezone(zone):%Y%m%d-%H%M}.{query.form}"
    return Response(data, media_type=MEDIA[query.form], headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _said(query: ExportQuery) -> dict[str, object]:
    """The filter as it was asked for, for the log; a text somebody searched for is masked."""
    asked = query.model_dump(mode="json", exclude={"form", "purpose"}, exclude_none=True, by_alias=True)
    return {name: mask_text(value) if isinstance(value, str) else value for name, value in asked.items()}


def _rows(connection: Connection, wanted: CaseFilter, *, most: int, zone: ZoneInfo, language: str, now: datetime) -> list[list[Cell]]:
    found = cases_page(connection, wanted, before=None, limit=most)
    owners = owner_names(connection, {one.owner for one in found if one.owner}, at=now, language=language)
    names, chosen = CategoryNames(connection, at=now), 0 if language.startswith("zh") else 1
    return [_row(one, owners, names, chosen, zone) for one in found]


def _row(one: Case, owners: dict[str, str], names: CategoryNames, chosen: int, zone: ZoneInfo) -> list[Cell]:
    def at(instant: datetime | None) -> str | None:
        return None if instant is None else instant.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")

    return [
        one.tracking_number,
        STATES[one.state][chosen],
        one.channel,
        names.of(one.category, one.rules_version),
        one.urgency,
        mask_text(one.description),
        None if one.address is None else mask_text(one.address),
        one.routing.area_code,
        one.routing.lon,
        one.routing.lat,
        owners.get(one.owner, one.owner) if one.owner else None,
        at(one.received_at),
        at(one.due_at),
        at(one.closed_at),
    ]
