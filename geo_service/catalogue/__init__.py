"""Category trees as data: what a report can be about."""

from geo_service.catalogue.trees import Category, categories, category

__all__ = ["Category", "categories", "category"]
