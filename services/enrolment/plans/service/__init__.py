"""Carries out what is done about development plans, and reads them."""
