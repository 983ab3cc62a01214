"""The published contract: a JSON Schema and an example for every event, written by `make schemas`."""
