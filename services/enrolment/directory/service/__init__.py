"""Reads and changes units and people."""
