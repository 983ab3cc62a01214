"""The notification service: facts into messages to people and units. Knows the other services by their events only."""
