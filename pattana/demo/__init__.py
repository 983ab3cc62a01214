"""The demonstration: plays a scenario through the services' HTTP APIs and holds their answers against its numbers."""
