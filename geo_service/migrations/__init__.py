"""The schema of a city's database: one history for both databases and both packages."""

from geo_service.migrations.runner import check_version, database_lock, holds_city, migrate, target_metadata

__all__ = ["check_version", "database_lock", "holds_city", "migrate", "target_metadata"]
