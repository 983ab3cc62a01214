"""The rules of attendance. Pure."""
