"""How services publish and consume: events leave by outbox and relay, and take effect once, in order, by a consumer."""
