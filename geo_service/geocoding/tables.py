"""The address table."""

from __future__ import annotations

import sqlalchemy as sa

from boundaries.store.columns import BigKey
from geo_service.db import metadata

address = sa.Table(
    "address",
    metadata,
    sa.Column("address_id", BigKey(), primary_key=True),
    sa.Column("community_code", sa.String(32), nullable=False, index=True),
    sa.Column("compound_code", sa.String(32), nullable=False),
    sa.Column("compound_name", sa.String(120), nullable=False),
    sa.Column("road", sa.String(120), nullable=False),
    sa.Column("road_number", sa.String(20), nullable=False),
    sa.Column("building", sa.String(40), nullable=False),
    sa.Column("stairwell", sa.String(40), nullable=False),
    sa.Column("floor_from", sa.Integer(), nullable=True),
    sa.Column("floor_to", sa.Integer(), nullable=True),
    sa.Column("households", sa.Integer(), nullable=False),
    sa.Column("lon", sa.Double(), nullable=False),
    sa.Column("lat", sa.Double(), nullable=False),
    sa.Column("micro_grid_code", sa.String(32), nullable=True),
)
