"""HTTP of the notification service. No response identifies a person: recipients are opaque ids, and even those are left
out for callers without the right to names."""
