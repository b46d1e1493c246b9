"""Who answers for an area: agencies, posts, the persons who hold them, and the way from a leaf to the one who is responsible."""

from geo_service.workers.model import POST_TITLES, Agency, Responsible
from geo_service.workers.repository import posts_page, responsible_for

__all__ = ["POST_TITLES", "Agency", "Responsible", "posts_page", "responsible_for"]
