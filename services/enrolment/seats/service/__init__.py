"""What reads and changes seats: many commands to a transaction."""
