"""What follows from an event, in memory. Pure."""
