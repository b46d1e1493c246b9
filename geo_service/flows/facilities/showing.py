"""Facilities as the wire has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from geo_service.facilities.hours import DAY, Hours, Span, in_words, understood
from geo_service.facilities.model import kinds, service_words, stars_of
from geo_service.flows.facilities.schemas import (
    AttributeOut,
    FacilityColumnsOut,
    FacilityOut,
    HoursOut,
    KindOut,
    KindsOut,
    PhotoOut,
    ServedOut,
    ServiceOut,
)
from geo_service.media import address_of
from geo_service.published import Published

Row = Mapping[str, Any]


def facility_out(row: Row, published: Published, *, now: datetime, language: str) -> FacilityOut:
    """A place. row: with its areas and bodies."""
    hours = understood(row["opening_hours"])
    home = published.by_code.get(row["area_code"] or "")
    serves = row["serves"] or [code for code in (row["area_code"],) if code]
    return FacilityOut(
        id=row["facility_id"],
        **{name: row[name] for name in ("kind", "level", "name", "area_code", "areas", "lon", "lat", "address", "phone", "demonstration")},
        area_name=home.name if home else None,
        opening_hours=_told(row, hours, language),
        hours=None if hours is None else _hours_out(hours),
        open_now=_open(hours, published, now),
        stars=stars_of(row["attributes"], five_star=row["five_star"]),
        services=list(row["services"]),
        attributes={key: value for key, value in row["attributes"].items() if value is not None},
        serves=[ServedOut(code=code, name=published.by_code[code].name if code in published.by_code else code) for code in serves],
        photos=[photo_out(photo) for photo in row["photos"] or []],
        version=row["version"],
        updated_at=row["updated_at"],
        retired_at=row["retired_at"],
    )


def photo_out(photo: Mapping[str, Any]) -> PhotoOut:
    """A photo with its addresses."""
    digest = photo["digest"]
    return PhotoOut(**photo, url=address_of(digest), thumbnail=address_of(digest, small=True))


def columns_out(rows: Sequence[Row], published: Published, *, now: datetime, language: str) -> FacilityColumnsOut:
    """Places column by column."""
    hours = [understood(row["opening_hours"]) for row in rows]
    plain = ("kind", "level", "name", "area_code", "lon", "lat", "address", "phone", "demonstration", "attributes", "services", "version")
    return FacilityColumnsOut(
        generation=published.number,
        id=[row["facility_id"] for row in rows],
        **{name: [row[name] for row in rows] for name in plain},
        opening_hours=[_told(row, one, language) for row, one in zip(rows, hours, strict=True)],
        open_now=[_open(one, published, now) for one in hours],
        stars=[stars_of(row["attributes"], five_star=row["five_star"]) for row in rows],
        photos=[len(row["photos"] or []) for row in rows],
    )


def geojson_out(rows: Sequence[Row], published: Published, *, now: datetime, language: str) -> dict[str, Any]:
    """Places as a GeoJSON FeatureCollection of points."""
    features = []
    for row in rows:
        said = facility_out(row, published, now=now, language=language).model_dump(mode="json")
        lon, lat = said.pop("lon"), said.pop("lat")
        features.append({"type": "Feature", "id": said["id"], "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": said})
    return {"type": "FeatureCollection", "features": features}


def kinds_out() -> KindsOut:
    """The table of kinds."""
    found = [
        KindOut(
            kind=one.kind,
            zh=one.zh,
            en=one.en,
            levels=list(one.levels),
            services=[ServiceOut(zh=zh, en=en) for zh, en in one.services],
            attributes=[AttributeOut(key=a.key, type=a.type, zh=a.zh, en=a.en, needed=a.needed) for a in one.attributes.values()],
        )
        for one in kinds().values()
    ]
    return KindsOut(kinds=found, services=[ServiceOut(zh=zh, en=en) for zh, en in service_words().items()])


def local(published: Published, at: datetime) -> datetime:
    """An instant in the city's time."""
    return at.astimezone(ZoneInfo(published.city.timezone))


def _open(hours: Hours | None, published: Published, now: datetime) -> bool | None:
    return None if hours is None else hours.is_open(local(published, now))


def _told(row: Row, hours: Hours | None, language: str) -> str:
    return row["opening_hours"] if hours is None else in_words(hours, language)


def _hours_out(hours: Hours) -> HoursOut:
    return HoursOut(
        week=[_pairs(day) for day in hours.week], exceptions={day: _pairs(spans) for day, spans in sorted(hours.exceptions.items())}
    )


def _pairs(spans: Sequence[Span]) -> list[tuple[str, str]]:
    return [(_clock(start), _clock(end if end <= DAY else end - DAY)) for start, end in spans]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
