"""Prints the description of the API: what tests/guarantees/openapi.json holds."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from geo_service.app import create_app
from geo_service.migrations import migrate
from geo_service.settings import Settings, StorageSettings


def described(folder: Path) -> dict[str, Any]:
    """The OpenAPI document of the service, made over an empty database in `folder`."""
    url = f"sqlite:///{folder / 'empty.db'}"
    migrate(url)
    app = create_app(Settings(storage=StorageSettings(database_url=url, data_dir=folder)))
    try:
        document: dict[str, Any] = app.openapi()
        return document
    finally:
        app.state.wiring.database.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        json.dump(described(Path(name)), sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
        sys.stdout.write("\n")
