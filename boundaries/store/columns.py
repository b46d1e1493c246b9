"""Column types that mean the same on SQLite and on PostgreSQL/PostGIS: shapes, instants, documents, large keys.

Each has a `repr` that Alembic can write into a migration.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import shapely
from geoalchemy2 import Geometry
from geoalchemy2.elements import WKBElement
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator, TypeEngine

from boundaries.errors import CrsError, StoreError

__all__ = ["BigKey", "Geom", "Json", "UtcDateTime", "is_storable", "require_aware", "require_text"]


class _UnplacedShapeError(DontWrapMixin, CrsError):
    """A shape that may not be stored; passes through SQLAlchemy as it is."""


class _NaiveTimeError(DontWrapMixin, StoreError):
    """An instant that may not be stored; passes through SQLAlchemy as it is."""


class Geom(TypeDecorator[Any]):
    """A shapely geometry: PostGIS `geometry` through GeoAlchemy2, EWKB bytes on SQLite.

    The SRID is not part of the type: every value carries its own (`shapely.set_srid`), which the database keeps, so desktop programs
    read the PostGIS tables with their place on Earth. A geometry without an SRID is refused with CrsError `srid_missing`.
    """

    impl = Geometry
    cache_ok = True

    def __init__(self) -> None:
        # GeoAlchemy2 looks at spatial_index through the decorator: left on, it would hang a b-tree on the bytes on SQLite.
        super().__init__(geometry_type=None, spatial_index=False)

    def load_dialect_impl(self, dialect: Dialect | None) -> TypeEngine[Any]:  # GeoAlchemy2 asks with None
        geometry: TypeEngine[Any] = Geometry(geometry_type=None, spatial_index=False)
        if dialect is None:
            return geometry
        return dialect.type_descriptor(geometry if dialect.name == "postgresql" else LargeBinary())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        if shapely.get_srid(value) <= 0:
            raise _UnplacedShapeError(
                "srid_missing",
                en="A shape without a reference system (SRID 0) cannot be stored.",
                zh="没有坐标参考系(SRID 为 0)的图形不能入库。",
            )
        # Hexadecimal EWKB is what PostGIS reads fastest through the function GeoAlchemy2 wraps around the parameter.
        return shapely.to_wkb(value, include_srid=True, hex=dialect.name == "postgresql")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        return shapely.from_wkb(bytes(value.data) if isinstance(value, WKBElement) else value)

    def __repr__(self) -> str:
        return "Geom()"


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware instant, in UTC when it comes back. SQLite keeps no zone, so it is converted before and marked after.

    A naive value is refused with StoreError `time_without_zone`.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        utc = require_aware(value)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)

    def __repr__(self) -> str:
        return "UtcDateTime()"


class Json(TypeDecorator[Any]):
    """A JSON document: jsonb on PostgreSQL, text on SQLite."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def __repr__(self) -> str:
        return "Json()"


class BigKey(TypeDecorator[int]):
    """A 64-bit key that may count by itself: bigint on PostgreSQL, INTEGER (the only type that does) on SQLite."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def __repr__(self) -> str:
        return "BigKey()"


def require_aware(at: dt.datetime) -> dt.datetime:
    """The same instant in UTC. Raises StoreError `time_without_zone` for a naive one: whose clock would it be?"""
    if at.tzinfo is None or at.utcoffset() is None:
        raise _NaiveTimeError(
            "time_without_zone",
            en="The time {at} names no time zone: instants are aware, in UTC.",
            zh="时间 {at} 没有时区:时刻必须带时区(UTC)。",
            at=at.isoformat(),
        )
    return at.astimezone(dt.UTC)


def is_storable(text: str) -> bool:
    """Whether both databases can keep the text: PostgreSQL takes no NUL, and neither takes a lone surrogate."""
    return text.isprintable() or not any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text)


def require_text(**texts: str) -> None:
    """Nothing, when both databases can keep every text. Raises StoreError `text_unusable` with the name of the first that cannot be."""
    for name, text in texts.items():
        if not is_storable(text):
            raise StoreError(
                "text_unusable",
                en="{name} holds characters that are no text (NUL or half a surrogate pair).",
                zh="{name} 含有非法字符(NUL 或不成对的代理项)。",
                name=name,
            )
