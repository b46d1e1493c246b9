"""Facilities in the database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from geo_service.facilities.tables import facility


def all_facilities(connection: Connection) -> list[dict[str, Any]]:
    """Every facility as a dictionary of its columns; lon, lat in WGS-84 degrees."""
    return [dict(row._mapping) for row in connection.execute(sa.select(facility).order_by(facility.c.facility_id))]
