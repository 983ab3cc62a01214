"""What operators do to a running system: replay, rebuild, dead letters, imports."""
