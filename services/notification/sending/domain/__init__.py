"""The life of a message, whose turn it is, and when a channel is called again. Pure."""
