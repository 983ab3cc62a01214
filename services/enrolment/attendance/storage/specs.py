"""The collections of attendance and their indexes."""

from typing import Final

from shared.mongo import CollectionSpec, Document, Index

IS_CLOSING: Final[Document] = {"closing": True}
HAS_REASON: Final[Document] = {"reason": {"$exists": True}}
# One document of a run, with its sessions: no more of them than a plan may have.
SHEETS = CollectionSpec("attendance_sheets", indexes=(Index(("closing", "_id"), only=IS_CLOSING),))
# One document of a person in a run, with a mark for each session.
ATTENDEES = CollectionSpec(
    "attendees", indexes=(Index(("run", "_id")), Index(("run", "office", "_id")), Index(("person", "run")))
)
# What was there before something else took its place.
CHANGES = CollectionSpec(
    "attendance_changes",
    indexes=(
        Index(("nomination", "_id")),
        Index(("person", "_id"), only=HAS_REASON),
        Index(("changed_at",), only=HAS_REASON),
    ),
)
# One document of a run: its key, sealed with a key of the ring.
KEYS = CollectionSpec("attendance_keys", indexes=(Index(("key_id",)),))
COLLECTIONS: Final = (SHEETS, ATTENDEES, CHANGES, KEYS)
