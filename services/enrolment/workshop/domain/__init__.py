"""The rules of groups and ideas. Pure."""
