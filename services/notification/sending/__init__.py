"""Messages to their channels, each once, with retries and a ledger of every attempt. Knows no text and no event but its
own. Only the composition root uses it."""
