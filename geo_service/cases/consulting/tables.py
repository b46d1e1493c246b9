"""Consultations and who takes part, whistles and who was called, and the rules that precedents propose."""

from __future__ import annotations

import sqlalchemy as sa

from boundaries.store.columns import BigKey, Json, UtcDateTime
from geo_service.db import metadata

consultation = sa.Table(
    "consultation",
    metadata,
    sa.Column("consultation_id", BigKey(), primary_key=True),
    sa.Column("case_id", BigKey(), sa.ForeignKey("case_record.case_id"), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    # what lists ask for, taken from `body` by consulting.repository
    sa.Column("tier", sa.Integer(), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("entry", sa.String(30), nullable=False),
    sa.Column("lead", sa.String(80), nullable=False),
    sa.Column("precedent", sa.Boolean(), nullable=False),
    sa.Column("convened_at", UtcDateTime(), nullable=False),
    sa.Column("opinions_due_at", UtcDateTime(), nullable=False),
    sa.Column("ended_at", UtcDateTime(), nullable=True),
    sa.Column("overdue_at", UtcDateTime(), nullable=True),
    sa.Column("updated_at", UtcDateTime(), nullable=False),
    sa.Column("body", Json(), nullable=False),
    sa.Index("ix_consultation_case_id", "case_id", "consultation_id"),
    sa.Index("ix_consultation_state", "state", "opinions_due_at"),
)

consultation_party = sa.Table(
    "consultation_party",
    metadata,
    sa.Column("consultation_id", BigKey(), sa.ForeignKey("consultation.consultation_id"), primary_key=True),
    sa.Column("party", sa.String(80), primary_key=True),
    sa.Column("stance", sa.String(10), nullable=True),
    sa.Index("ix_consultation_party_party", "party", "consultation_id"),
)

whistle = sa.Table(
    "whistle",
    metadata,
    sa.Column("whistle_id", BigKey(), primary_key=True),
    sa.Column("case_id", BigKey(), sa.ForeignKey("case_record.case_id"), nullable=True),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("street", sa.String(80), nullable=False),
    sa.Column("about", sa.Text(), nullable=False),
    sa.Column("blown_at", UtcDateTime(), nullable=False),
    sa.Column("blown_by", sa.String(80), nullable=False),
    sa.Column("due_at", UtcDateTime(), nullable=False),
    sa.Column("over_at", UtcDateTime(), nullable=True),
    sa.Column("updated_at", UtcDateTime(), nullable=False),
    sa.Index("ix_whistle_case_id", "case_id"),
    sa.Index("ix_whistle_over", "over_at", "due_at"),
    sa.Index("ix_whistle_blown", "blown_at"),
)

whistle_call = sa.Table(
    "whistle_call",
    metadata,
    sa.Column("whistle_id", BigKey(), sa.ForeignKey("whistle.whistle_id"), primary_key=True),
    sa.Column("agency", sa.String(80), primary_key=True),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("arrived_at", UtcDateTime(), nullable=True),
    sa.Column("absent", sa.Boolean(), nullable=False),
    sa.Column("stars", sa.Integer(), nullable=True),
    sa.Column("words", sa.Text(), nullable=True),
    sa.Column("rated_at", UtcDateTime(), nullable=True),
    sa.Index("ix_whistle_call_agency", "agency", "whistle_id"),
)

rule_proposal = sa.Table(
    "rule_proposal",
    metadata,
    sa.Column("proposal_id", BigKey(), primary_key=True),
    sa.Column("consultation_id", BigKey(), sa.ForeignKey("consultation.consultation_id"), nullable=False, unique=True),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("rule_id", sa.String(80), nullable=False),
    sa.Column("category", sa.String(60), nullable=False),
    sa.Column("area", sa.String(32), nullable=False),
    sa.Column("lead", sa.String(80), nullable=False),
    sa.Column("cohandlers", Json(), nullable=False),
    sa.Column("priority", sa.Integer(), nullable=False),
    sa.Column("source", sa.String(200), nullable=False),
    sa.Column("proposed_at", UtcDateTime(), nullable=False),
    sa.Column("proposed_by", sa.String(80), nullable=False),
    sa.Column("decided_at", UtcDateTime(), nullable=True),
    sa.Column("decided_by", sa.String(80), nullable=True),
    sa.Column("reason", sa.Text(), nullable=True),
    sa.Column("matrix_version", sa.Integer(), nullable=True),
    sa.Column("findings", Json(), nullable=True),
    sa.Index("ix_rule_proposal_state", "state", "proposal_id"),
)
