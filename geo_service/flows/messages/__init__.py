"""Messages: subscribing, what became of them, the texts; and the two steps by which they leave."""
