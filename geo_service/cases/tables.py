"""Cases, their reporters apart, the day counters of tracking numbers, and the rules cases are judged by, version by version."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from boundaries.store.columns import BigKey, Json, UtcDateTime
from geo_service.db import metadata
from geo_service.masking import mask_text


def _searched(context: Any) -> str:
    """Description and address as everybody may see them: a search over them cannot be asked for a phone, digit by digit."""
    row = context.get_current_parameters()
    return mask_text(f"{row['description']}\n{row.get('address') or ''}")


case_record = sa.Table(
    "case_record",
    metadata,
    sa.Column("case_id", BigKey(), primary_key=True),
    sa.Column("tracking_number", sa.String(20), nullable=False, unique=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("category", sa.String(60), nullable=True),
    sa.Column("urgency", sa.String(20), nullable=False),
    sa.Column("description", sa.Text(), nullable=False),
    sa.Column("address", sa.String(300), nullable=True),
    sa.Column("generation", sa.Integer(), nullable=False),
    sa.Column("verdict", sa.String(10), nullable=False),
    sa.Column("rule", sa.String(20), nullable=False),
    sa.Column("area_code", sa.String(32), nullable=True),
    sa.Column("area_level", sa.String(30), nullable=True),
    sa.Column("areas", Json(), nullable=False),
    sa.Column("candidates", Json(), nullable=False),
    sa.Column("on_border", sa.Boolean(), nullable=False),
    sa.Column("raw_lon", sa.Double(), nullable=True),
    sa.Column("raw_lat", sa.Double(), nullable=True),
    sa.Column("datum", sa.String(10), nullable=True),
    sa.Column("accuracy_m", sa.Double(), nullable=True),
    sa.Column("lon", sa.Double(), nullable=True),
    sa.Column("lat", sa.Double(), nullable=True),
    sa.Column("address_level", sa.String(20), nullable=True),
    sa.Column("post_id", BigKey(), nullable=True),
    sa.Column("person_id", BigKey(), nullable=True),
    sa.Column("agency", sa.String(100), nullable=True),
    sa.Column("queue", sa.String(20), nullable=True),
    sa.Column("received_at", UtcDateTime(), nullable=False),
    sa.Column("repeat_until_at", UtcDateTime(), nullable=False),
    sa.Column("updated_at", UtcDateTime(), nullable=False),
    sa.Column("due_at", UtcDateTime(), nullable=True),
    sa.Column("closed_at", UtcDateTime(), nullable=True),
    sa.Column("version", sa.Integer(), nullable=False),
    # what lists and counts ask for, taken from `progress` by cases.progress.row_values
    sa.Column("owner", sa.String(80), nullable=True),
    sa.Column("answered_by", BigKey(), nullable=True),
    sa.Column("cohandlers", Json(), nullable=False),
    sa.Column("affair", sa.String(20), nullable=True),
    sa.Column("condition", sa.String(60), nullable=True),
    sa.Column("rules_version", sa.Integer(), nullable=True),
    sa.Column("limit_amount", sa.Double(), nullable=True),
    sa.Column("limit_clock", sa.String(20), nullable=True),
    sa.Column("warn_at", UtcDateTime(), nullable=True),
    sa.Column("frozen_at", UtcDateTime(), nullable=True),
    sa.Column("stage_entered_at", UtcDateTime(), nullable=False),
    sa.Column("filed_at", UtcDateTime(), nullable=True),
    sa.Column("dispatch_due_at", UtcDateTime(), nullable=True),
    sa.Column("dispatched_at", UtcDateTime(), nullable=True),
    sa.Column("handled_at", UtcDateTime(), nullable=True),
    sa.Column("evaluated_at", UtcDateTime(), nullable=True),
    sa.Column("returns", sa.Integer(), nullable=False),
    sa.Column("reworks", sa.Integer(), nullable=False),
    sa.Column("extensions", sa.Integer(), nullable=False),
    sa.Column("suspensions", sa.Integer(), nullable=False),
    sa.Column("reopenings", sa.Integer(), nullable=False),
    sa.Column("supervisions", sa.Integer(), nullable=False),
    sa.Column("consult_tier", sa.Integer(), nullable=False),
    sa.Column("ending", sa.String(20), nullable=True),
    sa.Column("merged_into", BigKey(), nullable=True),
    sa.Column("score", sa.Integer(), nullable=True),
    sa.Column("responded", sa.Boolean(), nullable=True),
    sa.Column("resolved", sa.Boolean(), nullable=True),
    sa.Column("satisfied", sa.Boolean(), nullable=True),
    sa.Column("progress", Json(), nullable=False),
    sa.Column("searched", sa.Text(), nullable=False, default=_searched),
    sa.Column("anonymised", sa.Boolean(), nullable=False, default=False),
    sa.Index("ix_case_record_state", "state", "case_id"),
    sa.Index("ix_case_record_area", "area_code", "category", "repeat_until_at", "case_id"),
    sa.Index("ix_case_record_received", "received_at"),
    sa.Index("ix_case_record_owner", "owner", "case_id"),
    sa.Index("ix_case_record_post", "post_id", "case_id"),
    sa.Index("ix_case_record_due", "state", "due_at"),
)

case_area = sa.Table(
    "case_area",
    metadata,
    sa.Column("case_id", BigKey(), sa.ForeignKey("case_record.case_id"), primary_key=True),
    sa.Column("area_code", sa.String(32), nullable=False),
    sa.Column("area_level", sa.String(30), primary_key=True),  # two levels may bear one code: a case counts at both
    sa.Index("ix_case_area_area_code", "area_code", "case_id"),
    sa.Index("ix_case_area_level", "area_level", "case_id", "area_code"),
)

reporter = sa.Table(
    "reporter",
    metadata,
    sa.Column("case_id", BigKey(), sa.ForeignKey("case_record.case_id"), primary_key=True),
    sa.Column("name", sa.String(60), nullable=True),
    sa.Column("phone", sa.String(30), nullable=True),
)

tracking_day = sa.Table(
    "tracking_day",
    metadata,
    sa.Column("day", sa.String(8), primary_key=True),
    sa.Column("last", sa.Integer(), nullable=False),
)

rule_version = sa.Table(
    "rule_version",
    metadata,
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("created_at", UtcDateTime(), nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("note", sa.String(300), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("meta", Json(), nullable=False),
    sa.Column("effective_from", UtcDateTime(), nullable=False),
    sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
)

rule_row = sa.Table(
    "rule_row",
    metadata,
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("data", Json(), nullable=False),
    sa.ForeignKeyConstraint(["kind", "version"], ["rule_version.kind", "rule_version.version"]),
)

escalation = sa.Table(
    "escalation",
    metadata,
    sa.Column("case_id", BigKey(), sa.ForeignKey("case_record.case_id"), primary_key=True),
    sa.Column("rung", sa.String(40), primary_key=True),
    sa.Column("due_at", UtcDateTime(), primary_key=True),
    sa.Column("reached_at", UtcDateTime(), nullable=False),
    sa.Column("done_at", UtcDateTime(), nullable=False),
)

job_lease = sa.Table(
    "job_lease",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("holder", sa.String(80), nullable=True),
    sa.Column("until_at", UtcDateTime(), nullable=True),
    sa.Column("last_run_at", UtcDateTime(), nullable=True),
    sa.Column("last_done", sa.Integer(), nullable=False),
    sa.Column("runs", sa.Integer(), nullable=False),
)
