"""The command line and the embedded edition."""
