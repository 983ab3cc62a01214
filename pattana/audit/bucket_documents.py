"""A bucket as it is stored: by itself, and against its events. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from pattana.audit.buckets import BucketFold, place_document
from pattana.audit.differences import differences
from shared.events.seats import bucket_parts


def bucket_limits(document: Mapping[str, Any]) -> Iterator[str]:
    """P1 for the document alone."""
    if not 0 <= document["free"] <= document["seats"]:
        yield f"bucket {document['_id']} has {document['free']} free of {document['seats']} seats"


def bucket_differences(fold: BucketFold, document: Mapping[str, Any]) -> Iterator[str]:
    """P2: the bucket's document against its events."""
    run, target, bucket_unit = bucket_parts(fold.aggregate)
    expected = {
        "run": run,
        "target": target,
        "bucket_unit": bucket_unit,
        "programme": fold.programme,
        "fiscal_year": fold.fiscal_year,
        "run_starts_at": fold.run_starts_at,
        "place": place_document(fold.place),
        "seats": fold.seats,
        "free": fold.seats - fold.confirmed - fold.held,
        "held": fold.held,
        "returning": fold.loans.returning,
        "borrowed": fold.loans.borrowed,
        "waiting": fold.waiting,
        "open": fold.open,
        "seq": fold.seq,
    }
    stands = {"held": 0, "returning": 0, "borrowed": 0, **document}  # most have none of these
    yield from differences(f"bucket {fold.aggregate}", expected, stands)
