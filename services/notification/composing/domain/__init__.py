"""Recipients, dates and places in words, calendar entries, and what is handed to a channel. Pure."""
