"""What is true of seats: pure."""
