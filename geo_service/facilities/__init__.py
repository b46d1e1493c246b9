"""Places on the map: service centres, stations, compounds that were given a distinction."""

from geo_service.facilities.repository import all_facilities

__all__ = ["all_facilities"]
