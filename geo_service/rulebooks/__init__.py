"""The rules in force and their versions: what cases are about, how long they may take, who leads, which days are worked, all from data.

Above the capabilities, below the stories: several stories are judged by the same rules, and none of them owns them.
"""

from geo_service.rulebooks.in_force import (
    Matrix,
    entries_in_force,
    ladder_in_force,
    matrix_in_force,
    rulebook_in_force,
    rulebook_of,
)
from geo_service.rulebooks.seeding import seed_rules

__all__ = [
    "Matrix",
    "entries_in_force",
    "ladder_in_force",
    "matrix_in_force",
    "rulebook_in_force",
    "rulebook_of",
    "seed_rules",
]
