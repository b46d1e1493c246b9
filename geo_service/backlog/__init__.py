"""Work that waits for the background: what is asked for, who does it now, how it ended. `geo_service.jobs` does it."""

from geo_service.backlog.repository import Job, enqueue, fail, finish, hand_back, job, renew, take, tally, waiting

__all__ = ["Job", "enqueue", "fail", "finish", "hand_back", "job", "renew", "take", "tally", "waiting"]
