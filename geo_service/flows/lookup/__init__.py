"""Looking up: which area holds a point, what an address means, which areas and generations there are."""
