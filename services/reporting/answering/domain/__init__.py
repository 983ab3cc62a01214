"""What may be asked, what rollups add up to, and how much of that the caller may see. Pure."""
