"""What reads and changes units and people."""
