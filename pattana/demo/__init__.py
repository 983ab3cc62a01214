"""The demo: plays a scenario through the services' HTTP APIs and compares their answers with its numbers."""
