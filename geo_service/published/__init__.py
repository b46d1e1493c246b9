"""The generation this process answers from, and how it is swapped for the next one without a restart."""

from geo_service.published.generation import Published, load_published
from geo_service.published.holder import Holder
from geo_service.published.locating import Found, locate_point

__all__ = ["Found", "Holder", "Published", "load_published", "locate_point"]
