"""What the service refuses, with meaning; `api/problems.py` turns each into an HTTP status in one table.

ServiceError (a BoundariesError in shape: code, en, zh, row, area, place)
├── NotFoundError        the thing asked for does not exist, or not for you
├── AuthenticationError  no key, or one that is not valid
├── DeniedError          the actor's role may not do this
├── RequestError         a value that cannot be: a field is named
│   └── CellError        a cell of a table cannot be: its column is named
├── ThrottledError       too often; retry_after_s (in params) says when it may be tried again
├── TooLargeError        a body over the limit
├── ConflictError        not allowed in this state
├── StaleError           the precondition does not hold any more
└── SetupError           the installation is not ready: no database, no city, no published generation, a port in use
"""

from __future__ import annotations

from boundaries.errors import BoundariesError


class ServiceError(BoundariesError):
    """Any refusal of the service."""


class NotFoundError(ServiceError):
    """The thing asked for does not exist, or not for this caller."""


class AuthenticationError(ServiceError):
    """No key came with the call, or one that is not valid."""


class DeniedError(ServiceError):
    """The actor's role may not do this; the text names the roles that may."""


class RequestError(ServiceError):
    """A value of the request cannot be; `field` (in params) names it."""


class CellError(RequestError):
    """A cell of a table cannot be; `field` (in params) names its column."""

    @property
    def found(self) -> tuple[str, str, str, str]:
        """(column, code, what is wrong in English, and in Chinese)."""
        return str(self.params.get("field", "")), self.code, self.text("en"), self.text("zh")


class ThrottledError(ServiceError):
    """Tried too often; `retry_after_s` (in params) says in how many seconds it may be tried again."""


class TooLargeError(ServiceError):
    """The body is larger than this endpoint takes."""


class ConflictError(ServiceError):
    """The action is not allowed in the present state."""


class StaleError(ServiceError):
    """Something changed since the caller looked."""


class SetupError(ServiceError):
    """The installation is not ready; the text names the cure."""
