"""What is true of units and people: pure."""
