"""The events that services publish, to each other and to integrating systems: the public contract, no runtime."""
