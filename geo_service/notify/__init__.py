"""Messages that arrive: who asked for them, what they say, the outbox they wait in, and the ways they leave."""

from geo_service.notify.model import Message, Outgoing, Subscription

__all__ = ["Message", "Outgoing", "Subscription"]
