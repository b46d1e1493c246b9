"""Background work: one loop with leases on both databases; whatever it does is idempotent and exact after downtime."""

from geo_service.jobs.loop import run_due, run_forever
from geo_service.jobs.periodic import TASKS
from geo_service.jobs.registry import KINDS
from geo_service.jobs.status import status

__all__ = ["KINDS", "TASKS", "run_due", "run_forever", "status"]
