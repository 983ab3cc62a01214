"""The collections of attendance and their indexes."""

from typing import Final

from shared.mongo import CollectionSpec, Document, Index

IS_CLOSING: Final[Document] = {"closing": True}
HAS_REASON: Final[Document] = {"reason": {"$exists": True}}
OF_PERSON: Final[Document] = {"person": {"$exists": True}}
HAS_NAME: Final[Document] = {"name": {"$exists": True}}
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
DEVICES = CollectionSpec(
    "attendance_devices", indexes=(Index(("run", "_id")), Index(("code_digest",), unique=True, sparse=True))
)
# What devices have recorded, by device and nonce.
SCANS = CollectionSpec("attendance_scans", indexes=(Index(("nomination", "run", "_id")), Index(("run", "_id"))))
WALK_INS = CollectionSpec(
    "attendance_walk_ins",
    indexes=(
        Index(("run", "_id")),
        Index(("run", "state", "_id")),
        Index(("person", "_id"), only=OF_PERSON),
        Index(("recorded_at",), only=HAS_NAME),
        Index(("state", "recorded_at"), only=HAS_NAME),
    ),
)
COLLECTIONS: Final = (SHEETS, ATTENDEES, CHANGES, KEYS, DEVICES, SCANS, WALK_INS)
