"""Operators' commands for a running system: replay, rebuild, dead letters, imports."""
