"""Programmes and runs over HTTP."""
