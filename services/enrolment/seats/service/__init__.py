"""Reads and changes seats, many commands in one transaction."""
