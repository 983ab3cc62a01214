"""The rules of certificates. Pure."""
