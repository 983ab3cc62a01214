"""Assigns what was asked for, page by page, and takes what is reported of it."""
