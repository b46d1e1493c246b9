"""Reading the city's log, and proving that nobody bent it."""
