"""The security log: who did, read or was refused what. Append-only; each service keeps its own. Knows no service."""
