"""Whether the city's history was bent: the chain of the log, the heads written outside the database, and where they part."""

from geo_service.audit.chain import Finding, Verified, verify_chain
from geo_service.audit.heads import Head, Heads, read_heads, write_head

__all__ = ["Finding", "Head", "Heads", "Verified", "read_heads", "verify_chain", "write_head"]
