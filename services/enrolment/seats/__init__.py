"""Seats: nominations, approvals, waiting lists and substitutes, bucket by bucket.

A bucket never has more confirmed seats than seats. The face: nothing here is for another feature yet.
"""
