"""The tests. A package, so that tests can import their city and their services by name."""
