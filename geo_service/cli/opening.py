"""What commands work on: the installation's settings, database and published generation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from geo_service.api.wiring import Wiring
from geo_service.clock import SystemClock
from geo_service.db import Database
from geo_service.errors import SetupError
from geo_service.migrations import check_version
from geo_service.settings import Settings


def read_settings() -> Settings:
    """The settings from the environment. SetupError names one that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "CITYGRID_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SetupError("bad_setting", en="{name}: {why}", zh="{name}：{why}", name=name, why=first["msg"]) from error


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Wiring]:
    """The parts of the service over the installation's database, of this program's schema."""
    settings = settings or read_settings()
    check_version(settings.storage.database_url)
    wiring = Wiring(settings, Database(settings.storage.database_url), SystemClock())
    try:
        yield wiring
    finally:
        wiring.database.close()
