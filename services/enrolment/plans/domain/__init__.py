"""The rules of development plans. Pure."""
