"""How services speak and listen: facts leave by outbox and relay, and arrive once, in order, by the consumer."""
