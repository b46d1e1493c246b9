"""Places on the map: service centres, stations, compounds with who runs them and how they are rated."""

from geo_service.facilities.hours import Hours, in_words, parse_hours, understood
from geo_service.facilities.model import Kind, Place, kinds, service_words
from geo_service.facilities.repository import Wanted, all_facilities, find_facilities, one_facility

__all__ = [
    "Hours",
    "Kind",
    "Place",
    "Wanted",
    "all_facilities",
    "find_facilities",
    "in_words",
    "kinds",
    "one_facility",
    "parse_hours",
    "service_words",
    "understood",
]
