"""Personal data of those who report: shown to whom it must be, with a purpose, and forgotten in time."""
