"""Measures how fast this is, on real engines, beside ceilings measured in the same run. Knows services from outside."""
