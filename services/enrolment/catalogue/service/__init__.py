"""What reads and changes programmes and runs."""
