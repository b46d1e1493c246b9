"""The command `citygrid`."""

from geo_service.cli.main import app, main

__all__ = ["app", "main"]
