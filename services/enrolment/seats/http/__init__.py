"""Nominations and buckets over HTTP."""
