"""What an operator's desk keeps beside the cases: who has which case open, and filters saved under a name."""
