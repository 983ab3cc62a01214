"""What is true of programmes and runs: pure."""
