"""Files that wait to be imported: kept beside the data, where every process of the installation finds them, and gone when it is done."""

from __future__ import annotations

import os
import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection

from geo_service.accounts import Actor
from geo_service.api.uploads import Upload
from geo_service.backlog import Job, enqueue

LONGEST = timedelta(days=7)
"""However an import ended, nothing of its files is left behind so long."""


def ask_to_import(
    connection: Connection, upload: Upload, data_dir: Path, *, dry_run: bool, actor: Actor, language: str, now: datetime
) -> Job:
    """The job that imports these files, in the caller's transaction; the files are moved to where they wait for it."""
    home = data_dir / "uploads"
    home.mkdir(parents=True, exist_ok=True)
    _sweep(home)
    name = uuid4().hex
    shutil.move(upload.folder, home / name)
    os.utime(home / name)
    payload = {
        "folder": name,
        "files": [path.relative_to(upload.folder).as_posix() for path in upload.files],
        "names": list(upload.names),
        "options": upload.options.model_dump(mode="json"),
        "dry_run": dry_run,
        "language": language,
    }
    return enqueue(connection, kind="import_city", payload=payload, key=f"import_city:{name}", actor=actor.name, role=actor.role, at=now)


def folder_of(data_dir: Path, name: str) -> Path:
    """Where the files of an import wait."""
    return data_dir / "uploads" / name


def _sweep(home: Path) -> None:
    oldest = time.time() - LONGEST.total_seconds()
    for folder in home.iterdir():
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
