"""Reads and changes programmes and runs."""
