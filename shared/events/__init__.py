"""What services say to each other and to integrating systems: the public contract, without a line of runtime."""
