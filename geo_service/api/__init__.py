"""What every HTTP story shares: problem documents, the caller's key, connections, bodies and pages."""
