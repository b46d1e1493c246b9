"""Which person a case counts for: by name, and as of the time it was in their hands.

A grid worker receives what is routed to the grid, and answers for what the centre sends to the post. So a case counts for the person who
was there for the post that owns it, when that post last got it, took it up or said it is done: a stand-in for the one stood in for, and
whoever follows on the post for none of what was done before. While nobody owns it (not dispatched, returned, refused) it counts for who
answers for its place. What an agency owns counts for the agency and for no person.
"""

from __future__ import annotations

import sqlalchemy as sa

from geo_service.cases.tables import case_record

TAKING = ("dispatched", "ruled", "handed_over", "accepted", "handled", "self_resolved")
"""Events that say, as `answered_by`, which person is there for the owning post."""


def person_of_case() -> sa.ColumnElement[int | None]:
    """The person a case counts for, in SQL; null for none. `rates.person_of` defines it."""
    c = case_record.c
    return sa.case((c.owner.is_(None), c.person_id), (c.owner.startswith("post:"), c.answered_by), else_=sa.null())
