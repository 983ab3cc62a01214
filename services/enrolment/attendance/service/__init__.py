"""Records attendance, many people in one transaction."""
