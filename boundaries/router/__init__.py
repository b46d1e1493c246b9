"""Exact point -> leaf: the index, and the leaves an inaccurate point may mean."""

from boundaries.router.candidates import candidates
from boundaries.router.index import Index

__all__ = ["Index", "candidates"]
