"""What the background can do: each kind of job a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from geo_service.api.wiring import Wiring
from geo_service.backlog import Job
from geo_service.jobs.importing import import_city
from geo_service.jobs.preparing import prepare_draft

Progress = Callable[[float, str], None]
"""Told the share done (0 to 1) and the key of the step. It raises when the process is to end or the job was taken over: let it pass."""

Doing = Callable[[Wiring, Job, Progress], dict[str, Any]]
"""Does a job and returns its result. It may be done twice (after a crash): the second time it must find what the first one left."""

KINDS: Mapping[str, Doing] = {"prepare_draft": prepare_draft, "import_city": import_city}
