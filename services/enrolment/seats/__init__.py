"""Seats: nominations, approvals, waiting lists and substitutes, bucket by bucket. Never one more than there are.

The face: nothing here is for another feature yet.
"""
