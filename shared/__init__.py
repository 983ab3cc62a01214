"""What every service stands on: contracts and runtime. No business rule; imports no service."""
