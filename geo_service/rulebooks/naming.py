"""What categories are called: by the rules a case was judged by, else by those in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from geo_service.catalogue.trees import Category
from geo_service.errors import NotFoundError, SetupError
from geo_service.rulebooks.in_force import rulebook_of


class CategoryNames:
    """Names of categories for one answer: each version of the rules is asked for once. Do not keep it."""

    def __init__(self, connection: Connection, *, at: datetime) -> None:
        self._connection, self._at = connection, at
        self._of_version: dict[int | None, Mapping[str, Category]] = {}

    def of(self, key: str | None, version: int | None = None) -> str | None:
        """The name a category has in a version of the rules, else in the one in force; its key where it is gone. None for none.

        version: the rules a case was filed under, None for a case that has none yet.
        """
        if key is None:
            return None
        found = self._categories(version).get(key) or self._categories(None).get(key)
        return key if found is None else found.name

    def _categories(self, version: int | None) -> Mapping[str, Category]:
        if version not in self._of_version:
            try:
                self._of_version[version] = rulebook_of(self._connection, version, at=self._at).categories
            except (NotFoundError, SetupError):  # a city without rules, or a case brought from elsewhere: its key says what it is about
                self._of_version[version] = {}
        return self._of_version[version]
