"""From an address text to a place and back, on the city's own address table."""

from geo_service.geocoding.gazetteer import Gazetteer, address_points, load_gazetteer
from geo_service.geocoding.model import LADDER, AddressRow, Geocoder, Match, Nearby, Place

__all__ = ["LADDER", "AddressRow", "Gazetteer", "Geocoder", "Match", "Nearby", "Place", "address_points", "load_gazetteer"]
