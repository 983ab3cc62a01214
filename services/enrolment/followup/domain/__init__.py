"""The rules of follow-up. Pure."""
