"""Taking a report in: from a point, an address or both to a case in the right worker's hands."""
