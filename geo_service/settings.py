"""Settings, one class a concern, all from the environment (prefix CITYGRID_) or a .env file; `.env.example` explains each."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
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


class AuditSettings(_Concern):
    """Where the log's head is written outside the database, and with which key its lines are signed."""

    heads_file: Path | None = None
    heads_key: SecretStr | None = None


class PrivacySettings(_Concern):
    """How long personal data is kept: of a reporter after the case ended, of the access log (never under 180 days), what messages said."""

    retention_days: int = Field(default=365, ge=30, le=3650)
    access_log_days: int = Field(default=365, ge=180, le=3650)
    message_days: int = Field(default=90, ge=1, le=3650)
    export_rows: int = Field(default=50_000, ge=1, le=1_000_000)


class RoutingSettings(_Concern):
    """When an answer counts as certain."""

    certain_from: float = Field(default=0.8, gt=0.5, le=1.0)
    refresh_seconds: float = Field(default=1.0, gt=0)


class UploadSettings(_Concern):
    """How large a file with boundaries may be that comes over HTTP: its bytes (an archive's when unpacked too), its vertices."""

    upload_bytes: int = Field(default=256 * 1024 * 1024, ge=1024)
    upload_vertices: int = Field(default=2_000_000, ge=1000, le=5_000_000)


class JobsSettings(_Concern):
    """Background work: whether `serve` does it too, how often it looks for some, how long a process that died holds its work."""

    jobs_in_app: bool = True
    jobs_poll_seconds: float = Field(default=1.0, gt=0, le=60)
    jobs_lease_seconds: float = Field(default=30.0, ge=1, le=600)


class MessageSettings(_Concern):
    """Ways for messages to leave, how many may wait, and how many one phone or mailbox gets within an hour."""

    messages_file: Path | None = None
    messages_file_channels: list[str] = ["file"]
    messages_most_queued: int = Field(default=10_000, ge=1)
    messages_most_hourly: int = Field(default=20, ge=1, le=100_000)
    messages_lease_seconds: float = Field(default=60.0, ge=15, le=3600)
    messages_private_networks: list[str] = []
    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "ssl", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_from: str = "citygrid@localhost"

    @field_validator("messages_private_networks")
    @classmethod
    def _networks(cls, texts: list[str]) -> list[str]:
        for text in texts:
            ip_network(text, strict=False)
        return texts


class BasemapSettings(_Concern):
    """A basemap from elsewhere, through this service: the address of its tiles with {z} {x} {y}, and how much is kept for how long."""

    basemap_url: SecretStr | None = None
    basemap_attribution: str = ""
    basemap_min_zoom: int = Field(default=1, ge=0, le=22)
    basemap_max_zoom: int = Field(default=18, ge=0, le=22)
    basemap_private_networks: list[str] = []
    basemap_cache_mb: float = Field(default=500, gt=0, le=1_000_000)
    basemap_cache_days: float = Field(default=30, gt=0)

    @field_validator("basemap_url")
    @classmethod
    def _template(cls, url: SecretStr | None) -> SecretStr | None:
        text = url.get_secret_value() if url else ""
        if not text:
            return None
        if not text.startswith(("http://", "https://")) or any(name not in text for name in ("{z}", "{x}", "{y}")):
            raise ValueError("CITYGRID_BASEMAP_URL is an http(s) address with {z}, {x} and {y}")
        return url

    @field_validator("basemap_private_networks")
    @classmethod
    def _networks(cls, texts: list[str]) -> list[str]:
        for text in texts:
            ip_network(text, strict=False)
        return texts


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
        audit: AuditSettings | None = None,
        privacy: PrivacySettings | None = None,
        jobs: JobsSettings | None = None,
        messages: MessageSettings | None = None,
        basemap: BasemapSettings | None = None,
    ) -> None:
        self.storage = storage or StorageSettings()
        self.server = server or ServerSettings()
        self.routing = routing or RoutingSettings()
        self.uploads = uploads or UploadSettings()
        self.accounts = accounts or AccountSettings()
        self.audit = audit or AuditSettings()
        self.privacy = privacy or PrivacySettings()
        self.jobs = jobs or JobsSettings()
        self.messages = messages or MessageSettings()
        self.basemap = basemap or BasemapSettings()

    @property
    def heads_file(self) -> Path:
        """The file outside the database: as set, or in the data folder."""
        return self.audit.heads_file or self.storage.data_dir / "heads.jsonl"

    @property
    def heads_key(self) -> bytes | None:
        """The key that signs its lines, if one is set."""
        return self.audit.heads_key.get_secret_value().encode() if self.audit.heads_key else None
