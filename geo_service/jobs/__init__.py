"""Background work: one loop with leases on both databases; each job is idempotent and exact after downtime."""

from geo_service.jobs.loop import JOBS, run_due, run_forever, status

__all__ = ["JOBS", "run_due", "run_forever", "status"]
