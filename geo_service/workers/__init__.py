"""Who answers for an area: agencies, posts, the persons who hold them, and the way from a leaf to the one who is responsible."""

from geo_service.workers.model import POST_TITLES, Agency, Responsible
from geo_service.workers.repository import posts_page, responsible_for
from geo_service.workers.tables import ensure_objects

__all__ = ["POST_TITLES", "Agency", "Responsible", "ensure_objects", "posts_page", "responsible_for"]
