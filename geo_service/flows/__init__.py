"""The stories a user would name. Each has endpoints (HTTP only), a service (the story) and schemas (the wire)."""
