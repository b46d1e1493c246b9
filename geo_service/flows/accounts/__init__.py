"""Signing in and administering who may do what."""
