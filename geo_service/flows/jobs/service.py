"""Whose work one may look at, without HTTP."""

from __future__ import annotations

from sqlalchemy import Connection

from geo_service.accounts import Actor, may
from geo_service.backlog import Job, job
from geo_service.errors import NotFoundError

SEE_ALL = ("planning.write", "jobs.read")


def visible_job(connection: Connection, job_id: int, *, actor: Actor) -> Job:
    """The job. NotFoundError when there is none, or it is another's and the actor may neither plan nor look after jobs."""
    found = job(connection, job_id)
    if found.actor != actor.name and not any(may(actor, permission) for permission in SEE_ALL):
        raise NotFoundError("job_not_found", en="there is no job {job_id}", zh="没有编号为 {job_id} 的任务", job_id=job_id)
    return found
