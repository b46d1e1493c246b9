"""The rules in force, as this story asks for them; they live in `geo_service.rulebooks`, where other stories find them too."""

from geo_service.cases.calendars import calendar_in_force
from geo_service.responsibility.rows import rule_from, rule_row
from geo_service.rulebooks.in_force import Matrix, matrix_in_force, rulebook_in_force, rulebook_of
from geo_service.rulebooks.seeding import calendar_rows, catalogue_rows, seed_rules
from geo_service.rulebooks.usable import usable_rule, usable_version

__all__ = [
    "Matrix",
    "calendar_in_force",
    "calendar_rows",
    "catalogue_rows",
    "matrix_in_force",
    "rule_from",
    "rule_row",
    "rulebook_in_force",
    "rulebook_of",
    "seed_rules",
    "usable_rule",
    "usable_version",
]
