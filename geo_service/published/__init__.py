"""The generation this process answers from, and how it is swapped for the next one without a restart."""

from geo_service.published.generation import Published, load_published
from geo_service.published.holder import Holder
from geo_service.published.pyramids import Drawn, Pyramids

__all__ = ["Drawn", "Holder", "Published", "Pyramids", "load_published"]
