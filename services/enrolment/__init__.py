"""The write side: people and units, programmes and runs, seats and nominations."""
