"""Drafts in memory: the workspace of each open draft, kept in step with the database it is recorded in."""

from geo_service.drafts.room import Room

__all__ = ["Room"]
