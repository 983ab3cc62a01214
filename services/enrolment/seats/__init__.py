"""Seats: nominations, approvals, waiting lists and substitutes, bucket by bucket. Never one more than there are."""
