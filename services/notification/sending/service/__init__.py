"""The workers: claim what is due, hand it to its channel, and record the answer. They never hold up a consumer."""
