"""Redrawing boundaries: drafts, operations, their impact, publishing and rolling back."""
