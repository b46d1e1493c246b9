"""The story of a file with facilities: every row checked, compared with what stands, and taken over together or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from boundaries.datum import check_datum
from geo_service import event_log
from geo_service.accounts import Actor
from geo_service.catalogue.sheets import RowError, shortened
from geo_service.errors import CellError, DeniedError, RequestError
from geo_service.event_log import NewEvent
from geo_service.facilities import Wanted, find_facilities
from geo_service.facilities.checking import wrong_with
from geo_service.facilities.model import Place
from geo_service.flows.facilities import service
from geo_service.flows.facilities.bodies import with_bodies
from geo_service.flows.facilities.columns import cell_error, place_from, zh_name
from geo_service.flows.facilities.files import read_file
from geo_service.flows.facilities.places import areas_of, check_codes, check_compound, home_of
from geo_service.published import Published

MOST_ERRORS = 1000
Outcome = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What becomes of a row: its record, and the facility it is (None for a new one)."""

    row: int
    place: Place
    facility_id: int | None
    version: int | None
    outcome: Outcome


def bring_in(
    connection: Connection,
    published: Published,
    data: bytes,
    *,
    datum: str | None,
    encoding: str,
    commit: bool,
    actor: Actor,
    now: datetime,
) -> list[Taken]:
    """What a file would change; told to commit, it is changed. A row is a facility by its facility_id, else by kind, name and area.

    datum: of lon and lat in the file. RequestError 'bad_rows' with everything that is wrong, row by row: then nothing is changed.
    """
    check_datum(datum)
    sheet, present = read_file(data, encoding=encoding)
    rows = with_bodies(connection, find_facilities(connection, Wanted()), at=now)
    standing = {row["facility_id"]: row for row in rows}
    by_name = {(row["kind"], row["name"], row["area_code"]): row for row in rows}
    errors, taken, seen = list(sheet.errors), [], set()
    for number, cells in sheet.rows:
        try:
            place, areas, row = _read(published, cells, present, standing, by_name, datum, actor)
            key = (place.kind, place.name, home_of(areas, place.level))
            if key in seen:
                raise cell_error("name", "doubled", "another row says the same place", "与其他行重复")
            seen.add(key)
        except RequestError as wrong:
            errors += [_row_error(number, one, cells) for one in (wrong.items or (wrong,)) if isinstance(one, RequestError)]
            continue
        before = _before(row)
        outcome: Outcome = "new" if row is None else "unchanged" if before == place else "changed"
        facility_id, version = (None, None) if row is None else (row["facility_id"], row["version"])
        taken.append(Taken(number, place, facility_id, version, outcome))
    if errors:
        raise bad_rows(sorted(errors, key=lambda one: one.row))
    if commit:
        _commit(connection, published, taken, actor=actor, now=now)
    return taken


def _commit(connection: Connection, published: Published, taken: list[Taken], *, actor: Actor, now: datetime) -> None:
    for one in taken:
        if one.outcome == "new":
            service.create(connection, published, one.place, actor=actor, now=now)
        elif one.outcome == "changed":
            assert one.facility_id is not None, "what is changed stands"
            assert one.version is not None, "what is changed stands"
            service.change(connection, published, one.facility_id, one.place, version=one.version, actor=actor, now=now)
    counts = Counter(one.outcome for one in taken)
    facts = {str(name): count for name, count in counts.items()}
    event_log.append(connection, [NewEvent("facilities_imported", None, actor.name, now, facts)])


def _read(
    published: Published,
    cells: Mapping[str, str],
    present: list[str],
    standing: Mapping[int, dict[str, Any]],
    by_name: Mapping[tuple[str, str, str | None], dict[str, Any]],
    datum: str | None,
    actor: Actor,
) -> tuple[Place, dict[str, str], dict[str, Any] | None]:
    """(record, the areas that hold it, the facility it is) of a row. RequestError with what is wrong in it."""
    named = cells["facility_id"].strip()
    row = standing.get(int(named)) if named.isascii() and named.isdigit() and len(named) < 16 else None
    if named and row is None:
        raise cell_error("facility_id", "unknown_facility", "no facility that stands has this number", "没有该编号的在用设施")
    place, areas = _placed(published, place_from(cells, present, _before(row)), datum)
    if row is None:
        row = by_name.get((place.kind, place.name, home_of(areas, place.level)))
        place, areas = _placed(published, place_from(cells, present, _before(row)), datum)
    code = cells["area_code"].strip()
    if code and row is None and code not in areas.values():
        raise cell_error(
            "area_code", "not_in_area", "the point does not lie in this area: is the datum right?", "该点不在此区域内：坐标系是否填对？"
        )
    try:
        service.check_mine(actor, areas)
    except DeniedError as denied:
        raise cell_error("lon", denied.code, denied.text("en"), denied.text("zh")) from None
    return place, areas, row


def _before(row: dict[str, Any] | None) -> Place | None:
    return None if row is None else service.place_of(row)


def _placed(published: Published, place: Place, datum: str | None) -> tuple[Place, dict[str, str]]:
    """The record in WGS-84 and the areas that hold it. RequestError with everything that is wrong."""
    lon, lat = service.placed(lon=place.lon, lat=place.lat, datum=datum)
    there = replace(place, lon=lon, lat=lat)
    wrong = wrong_with(there)
    if wrong:
        raise RequestError("bad_row", en="the row cannot be taken", zh="该行无法采用", items=wrong)
    check_codes(published, there.serves)
    check_compound(published, there.attributes.get("compound_code"))
    [areas] = areas_of(published, lons=[lon], lats=[lat])
    if not areas:
        raise service.outside(published, there)
    return there, areas


def _row_error(number: int, wrong: RequestError, cells: Mapping[str, str]) -> RowError:
    column = str(wrong.params.get("field", "")).replace("attributes.", "attribute.")
    said = wrong.found[1:] if isinstance(wrong, CellError) else (wrong.code, wrong.text("en"), wrong.text("zh"))
    return RowError(number, column, *said, value=shortened(cells.get(column, "")))


def bad_rows(errors: list[RowError]) -> RequestError:
    """All that is wrong in a file: an item a row, each with its column, value and text in both languages."""
    items = [
        RequestError(
            one.code,
            en="row {row}, {column}: {said_en}",
            zh="第 {row} 行 {named}：{said_zh}",
            row=one.row,
            sheet=one.sheet,
            column=one.column or "*",
            named=zh_name(one.column),
            value=one.value,
            said_en=one.en,
            said_zh=one.zh,
        )
        for one in errors[:MOST_ERRORS]
    ]
    return RequestError(
        "bad_rows",
        en="{count} row(s) cannot be taken; nothing was changed. The first: {first_en}",
        zh="有 {count} 处无法采用，未作任何修改。第一处：{first_zh}",
        items=items,
        count=len(errors),
        first_en=items[0].text("en"),
        first_zh=items[0].text("zh"),
        field="file",
    )
