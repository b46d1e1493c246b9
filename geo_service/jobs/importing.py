"""The job that makes a generation of files that were sent."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

from boundaries.errors import BoundariesError, StoreError
from geo_service.accounts import Actor
from geo_service.api.uploads import without_folder
from geo_service.api.wiring import Wiring
from geo_service.backlog import Job
from geo_service.errors import SetupError
from geo_service.flows.planning.file_schemas import ImportIn
from geo_service.flows.planning.importing import bring_in, brought_in, one_at_a_time
from geo_service.flows.planning.waiting_files import folder_of


def import_city(wiring: Wiring, job: Job, progress: Callable[[float, str], None]) -> dict[str, Any]:
    """Imports the files once. Done again, it finds the generation that is there. The files go when it is over, however it ended."""
    said = job.payload
    folder = folder_of(wiring.settings.storage.data_dir, said["folder"])
    with wiring.database.reading() as connection:
        told = brought_in(connection, said["folder"])
    if told is None:
        if not folder.is_dir():
            raise SetupError("files_gone", en="the files of this import are gone: send them again", zh="待导入的文件已不存在，请重新上传")
        files = [folder / name for name in said["files"]]
        asked = ImportIn.model_validate(said["options"])
        how: dict[str, Any] = {"dry_run": said["dry_run"], "actor": Actor(job.actor, job.role), "language": said["language"]}
        try:
            with one_at_a_time(wait=True), without_folder(folder):
                told = bring_in(wiring, files, said["names"], asked, once=said["folder"], progress=progress, **how)
        except StoreError:  # it is tried again
            raise
        except BoundariesError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    shutil.rmtree(folder, ignore_errors=True)
    return told.model_dump(mode="json")
