"""What reads for papers, and has them made."""
