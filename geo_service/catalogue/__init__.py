"""What a report can be about, and the rules it is judged by: category trees, affairs, limits, duty lists, holidays, all as data."""

from geo_service.catalogue.calendar import CalendarTable, SpecialDay, calendar_from, shipped_calendar
from geo_service.catalogue.duties import DUTY_KINDS, Duty, duties_about
from geo_service.catalogue.limits import ConditionRow, LimitRow, conditions_of, knows_condition, limit_for
from geo_service.catalogue.records import (
    AffairRow,
    Read,
    read_affairs,
    read_categories,
    read_conditions,
    read_duties,
    read_limits,
    write_records,
)
from geo_service.catalogue.rulebook import Rulebook, Rulebooks, shipped_rulebook
from geo_service.catalogue.sheets import RowError
from geo_service.catalogue.trees import Category, categories, category
from geo_service.catalogue.words import AFFAIRS, AREA_CLASSES, HOTLINE_KINDS, STAGES, URGENCIES

__all__ = [
    "AFFAIRS",
    "AREA_CLASSES",
    "DUTY_KINDS",
    "HOTLINE_KINDS",
    "STAGES",
    "URGENCIES",
    "AffairRow",
    "CalendarTable",
    "Category",
    "ConditionRow",
    "Duty",
    "LimitRow",
    "Read",
    "RowError",
    "Rulebook",
    "Rulebooks",
    "SpecialDay",
    "calendar_from",
    "categories",
    "category",
    "conditions_of",
    "duties_about",
    "knows_condition",
    "limit_for",
    "read_affairs",
    "read_categories",
    "read_conditions",
    "read_duties",
    "read_limits",
    "shipped_calendar",
    "shipped_rulebook",
    "write_records",
]
