"""Every error of the library and of the service has its own row in the one table that says which HTTP status it becomes."""

from collections.abc import Iterable, Iterator

import geo_service.errors  # defines the service's errors, which would not be found otherwise
from boundaries.errors import BoundariesError
from geo_service.api.problems import STATUS


def descendants(kind: type[BoundariesError]) -> Iterator[type[BoundariesError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from descendants(child)


def without_row(kinds: Iterable[type[BoundariesError]]) -> list[str]:
    """Public errors that the table does not name; a private one never reaches a caller."""
    return [kind.__name__ for kind in kinds if kind not in STATUS and not kind.__name__.startswith("_")]


def test_every_error_has_a_status() -> None:
    kinds = set(descendants(BoundariesError))
    assert geo_service.errors.ServiceError in kinds
    found = without_row(kind for kind in kinds if kind.__module__ in {"boundaries.errors", "geo_service.errors"})
    assert found == [], "\n".join(found)


def test_the_rule_can_fail() -> None:
    assert without_row([geo_service.errors.ServiceError, type("NewError", (BoundariesError,), {})]) == ["NewError"]
