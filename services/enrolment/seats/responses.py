"""Nominations as lists and details show them. No names: those are asked of the directory."""

from typing import Any

from shared.mongo import Document


def nomination_view(row: Document) -> dict[str, Any]:
    """A stored nomination for an answer."""
    return {
        "id": row["_id"],
        "run": row["run"],
        "target": row["target"],
        "bucketUnit": row["bucket_unit"],
        "person": row["person"],
        "unit": row["place"]["unit"],
        "province": row["place"]["province"],
        "rank": row["rank"],
        "state": row["state"],
        "queue": row.get("queue"),
        "replaces": row.get("replaces"),
        "note": row.get("note"),
        "reason": row.get("reason"),
        "createdAt": row["created_at"],
        "changedAt": row["changed_at"],
    }
