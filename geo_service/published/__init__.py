"""The generation this process answers from, and how it is swapped for the next one without a restart."""

from geo_service.published.generation import Published, load_published
from geo_service.published.holder import Holder

__all__ = ["Holder", "Published", "load_published"]
