"""An actor: whoever a change in the city's log is put down to."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("operator", "supervisor", "planner", "administrator", "api")
"""Roles an API key may carry. `api` reads and reports for another system; the others are people of the dispatch centre."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and in which role. `name` stands in the log."""

    name: str
    role: str

    @property
    def known(self) -> bool:
        return self.role != "anonymous"


ANONYMOUS = Actor("anonymous", "anonymous")
DEMO_OPERATOR = Actor("demo", "operator")
