"""Settings, one class a concern, all from the environment (prefix CITYGRID_) or a .env file; `.env.example` explains each."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class _Concern(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CITYGRID_", env_file=".env", extra="ignore")


class StorageSettings(_Concern):
    """Where the data lives."""

    database_url: str = "sqlite:///var/citygrid.db"
    data_dir: Path = Path("var")


class ServerSettings(_Concern):
    """Where the service listens, and how it speaks when nobody says."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    language: Literal["zh-CN", "en"] = "zh-CN"
    demo: bool = False


class AccountSettings(_Concern):
    """How long a sign-in lasts, and who needs a second factor."""

    session_idle_minutes: float = Field(default=30, gt=0)
    session_hours: float = Field(default=12, gt=0)
    second_factor_for: list[str] = ["administrator", "planner"]


class RoutingSettings(_Concern):
    """When an answer counts as certain."""

    certain_from: float = Field(default=0.8, gt=0.5, le=1.0)
    refresh_seconds: float = Field(default=1.0, gt=0)


class UploadSettings(_Concern):
    """How large a file with boundaries may be that comes over HTTP: its bytes (an archive's when unpacked too), its vertices."""

    upload_bytes: int = Field(default=256 * 1024 * 1024, ge=1024)
    upload_vertices: int = Field(default=2_000_000, ge=1000, le=5_000_000)


class Settings:
    """All concerns together; `create_app` and the command line take this."""

    def __init__(
        self,
        *,
        storage: StorageSettings | None = None,
        server: ServerSettings | None = None,
        routing: RoutingSettings | None = None,
        uploads: UploadSettings | None = None,
        accounts: AccountSettings | None = None,
    ) -> None:
        self.storage = storage or StorageSettings()
        self.server = server or ServerSettings()
        self.routing = routing or RoutingSettings()
        self.uploads = uploads or UploadSettings()
        self.accounts = accounts or AccountSettings()
