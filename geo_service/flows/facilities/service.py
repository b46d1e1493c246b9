"""The story of keeping facilities: made, changed, retired, each change in the log with what was and what is. Without HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from boundaries.datum import point_to_wgs84
from boundaries.store.lookup import locate
from geo_service import event_log
from geo_service.accounts import Actor, scope
from geo_service.errors import ConflictError, DeniedError, RequestError
from geo_service.event_log import NewEvent
from geo_service.facilities.checking import wrong_with
from geo_service.facilities.model import FIVE_STARS, Place
from geo_service.facilities.repository import add_facility, change_facility, note_event, one_facility, stale
from geo_service.facilities.tables import facility
from geo_service.flows.facilities.bodies import put_bodies, split, with_bodies
from geo_service.flows.facilities.places import areas_of, check_codes, check_compound, home_of
from geo_service.published import Published

COMPOUND = "compound"
_SAME = ("kind", "level", "name", "lon", "lat", "address", "phone", "opening_hours", "demonstration")


def placed(*, lon: float, lat: float, datum: str | None) -> tuple[float, float]:
    """WGS-84 lon, lat with 9 decimals. DatumError, CoordinateError; RequestError for what is no position on Earth."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise RequestError(
            "not_on_earth",
            en="lon {lon}, lat {lat} is no position on Earth",
            zh="lon {lon}, lat {lat} 不是有效位置",
            lon=lon,
            lat=lat,
            field="lon",
        )
    x, y = point_to_wgs84(lon=lon, lat=lat, datum=datum)
    return round(x, 9), round(y, 9)


def check(published: Published, place: Place) -> dict[str, str]:
    """The areas that hold the place. RequestError with everything that is wrong with the record; for a point outside the city."""
    wrong: list[RequestError] = list(wrong_with(place))
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise RequestError(
            "bad_facility",
            en="{count} things are wrong; the first: {first_en}",
            zh="有 {count} 处有误；第一处：{first_zh}",
            items=wrong,
            count=len(wrong),
            first_en=wrong[0].text("en"),
            first_zh=wrong[0].text("zh"),
        )
    check_codes(published, place.serves)
    check_compound(published, place.attributes.get("compound_code"))
    [areas] = areas_of(published, lons=[place.lon], lats=[place.lat])
    if not areas:
        raise outside(published, place)
    return areas


def place_of(row: Mapping[str, Any]) -> Place:
    """A row, with who stands for it, as a record."""
    return Place(
        **{name: row[name] for name in _SAME},
        services=tuple(row["services"]),
        attributes={key: value for key, value in row["attributes"].items() if value is not None},
        serves=tuple(row["serves"] or ()),
    )


def create(connection: Connection, published: Published, place: Place, *, actor: Actor, now: datetime) -> int:
    """The id of a new facility. RequestError as `check`, ConflictError where it stands there already, DeniedError outside of one's area."""
    areas = check(published, place)
    check_mine(actor, areas)
    values, standing = _values(place, areas, now)
    _not_there(connection, values)
    made = add_facility(connection, values)
    _stand(connection, place, {}, standing, now)
    _log(connection, "facility_created", made, None, actor, now, {"is": said(place)})
    return made


def change(
    connection: Connection, published: Published, facility_id: int, place: Place, *, version: int, actor: Actor, now: datetime
) -> bool:
    """Makes the facility that was looked at in this version what `place` says; whether anything changed. Errors as `create`; StaleError."""
    row = _standing(connection, facility_id, version)
    before = place_of(with_bodies(connection, [row], at=now)[0])
    if before == place:
        return False
    areas = check(published, place)
    check_mine(actor, areas)
    check_mine(actor, areas_of(published, lons=[before.lon], lats=[before.lat])[0])
    values, standing = _values(place, areas, now)
    _not_there(connection, values, besides=facility_id)
    change_facility(connection, facility_id, values, version=version)
    _stand(connection, place, before.attributes, standing, now)
    was, is_now = said(before), said(place)
    changed = [name for name in is_now if was[name] != is_now[name]]
    told = {"was": {name: was[name] for name in changed}, "is": {name: is_now[name] for name in changed}}
    _log(connection, "facility_changed", facility_id, row["last_event"], actor, now, told)
    return True


def retire(
    connection: Connection, published: Published, facility_id: int, reason: str, *, version: int, actor: Actor, now: datetime
) -> None:
    """Takes a facility off the map; it and its history stay. ConflictError where it is off already; StaleError."""
    row = _standing(connection, facility_id, version)
    check_mine(actor, areas_of(published, lons=[row["lon"]], lats=[row["lat"]])[0])
    change_facility(connection, facility_id, {"retired_at": now, "updated_at": now}, version=version)
    _log(connection, "facility_retired", facility_id, row["last_event"], actor, now, {"reason": reason})


def restore(connection: Connection, published: Published, facility_id: int, *, version: int, actor: Actor, now: datetime) -> None:
    """Puts a retired facility back on the map. ConflictError where it stands, or another stands there by now; StaleError."""
    row = _looked_at(connection, facility_id, version)
    if row["retired_at"] is None:
        raise ConflictError("facility_stands", en="the facility was not retired", zh="该设施并未停用")
    check_mine(actor, areas_of(published, lons=[row["lon"]], lats=[row["lat"]])[0])
    _not_there(connection, row, besides=facility_id)
    change_facility(connection, facility_id, {"retired_at": None, "updated_at": now}, version=version)
    _log(connection, "facility_restored", facility_id, row["last_event"], actor, now, {})


def put_photos(
    connection: Connection,
    row: Mapping[str, Any],
    photos: Sequence[Mapping[str, Any]],
    *,
    what: str,
    told: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    """Writes the photos of the facility that `looked_at` gave. what: the kind of the event; told: its facts."""
    change_facility(connection, row["facility_id"], {"photos": list(photos), "updated_at": now}, version=row["version"])
    _log(connection, what, row["facility_id"], row["last_event"], actor, now, dict(told))


def looked_at(connection: Connection, published: Published, facility_id: int, *, version: int, actor: Actor) -> dict[str, Any]:
    """The standing facility that was looked at in this version, locked, for somebody who may change it. ConflictError, StaleError."""
    row = _standing(connection, facility_id, version)
    check_mine(actor, areas_of(published, lons=[row["lon"]], lats=[row["lat"]])[0])
    return row


def history(connection: Connection, facility_id: int) -> list[event_log.Event]:
    """Every change of a facility, the latest first: each event names the one before it."""
    position, found = one_facility(connection, facility_id)["last_event"], []
    while position is not None:
        [one] = event_log.after(connection, position - 1, limit=1)
        found.append(one)
        position = one.data.get("previous")
    return found


def said(place: Place) -> dict[str, Any]:
    """A record as the log keeps it."""
    plain = asdict(replace(place, attributes=dict(place.attributes)))
    return plain | {"services": list(place.services), "serves": list(place.serves)}


def _values(place: Place, areas: Mapping[str, str], now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    kept, standing = split(place.kind, place.attributes)
    values = {name: getattr(place, name) for name in _SAME}
    return values | {
        "area_code": home_of(areas, place.level),
        "services": list(place.services),
        "attributes": {key: value for key, value in kept.items() if value is not None},
        "serves": list(place.serves) or None,
        "five_star": place.stars == FIVE_STARS,
        "updated_at": now,
    }, standing


def _stand(connection: Connection, place: Place, before: Mapping[str, Any], standing: Mapping[str, Any], now: datetime) -> None:
    code = place.attributes.get("compound_code")
    if code and place.kind == COMPOUND:
        prior = before if before.get("compound_code") == code else {}
        gone = dict.fromkeys(key for key in split(place.kind, prior)[1] if key not in standing)
        put_bodies(connection, str(code), prior, {**gone, **standing}, at=now)


def _standing(connection: Connection, facility_id: int, version: int) -> dict[str, Any]:
    row = _looked_at(connection, facility_id, version)
    if row["retired_at"] is not None:
        raise ConflictError("facility_retired", en="the facility was retired", zh="该设施已停用")
    return row


def _looked_at(connection: Connection, facility_id: int, version: int) -> dict[str, Any]:
    row = one_facility(connection, facility_id, locked=True)
    if row["version"] != version:
        raise stale(row)
    return row


def _not_there(connection: Connection, values: Mapping[str, Any], besides: int | None = None) -> None:
    f = facility.c
    same = [f[name] == values[name] for name in ("kind", "name", "area_code")]
    query = sa.select(f.facility_id).where(*same, f.retired_at.is_(None), f.facility_id != (besides or 0))
    if (found := connection.execute(query.limit(1)).scalar_one_or_none()) is not None:
        raise ConflictError(
            "facility_exists",
            en="{name} stands there already: facility {facility}",
            zh="该处已有“{name}”：设施 {facility}",
            name=values["name"],
            facility=found,
            field="name",
        )


def check_mine(actor: Actor, areas: Mapping[str, str]) -> None:
    """DeniedError where somebody may keep facilities, but not those in these areas; what lies in no area any more is the whole city's."""
    if not scope(actor, "facilities.write").takes_in(areas=areas.values(), category=None):
        raise DeniedError("outside_your_area", en="this lies outside the area that you keep", zh="该位置不在您的管理范围内")


def outside(published: Published, place: Place) -> RequestError:
    """The refusal of a place in no area, with the nearest one."""
    near = locate(published.lookup, lon=place.lon, lat=place.lat, datum="wgs84").nearest
    return RequestError(
        "outside_city",
        en="the point lies in no area of the city; the nearest is {nearest}, {distance} m away (is the datum right?)",
        zh="该点不在本市任何区域内；最近的是 {nearest}，相距 {distance} 米（坐标系是否填对？）",
        nearest=near.area.name if near else "-",
        distance=round(near.distance_m) if near else "-",
        field="lon",
    )


def _log(
    connection: Connection, kind: str, facility_id: int, previous: int | None, actor: Actor, now: datetime, data: dict[str, Any]
) -> None:
    facts = {"facility_id": facility_id, **({} if previous is None else {"previous": previous}), **data}
    note_event(connection, facility_id, event_log.append(connection, [NewEvent(kind, None, actor.name, now, facts)]))
