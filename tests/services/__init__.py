"""Programs the tests start for themselves and stop again."""
