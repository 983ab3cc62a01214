"""The collections of follow-up and their indexes."""

from typing import Final

from shared.mongo import CollectionSpec, Document, Index

IS_ASSIGNING: Final[Document] = {"assigning": True}
OF_SOMEBODY: Final[Document] = {"person": {"$exists": True}}
HAS_REASON: Final[Document] = {"reason_at": {"$exists": True}}
HAS_EVIDENCE: Final[Document] = {"evidence_at": {"$exists": True}}
# One document of a run, with its deliverables: no more of them than deliverables.py allows.
FOLLOW_UPS = CollectionSpec("follow_ups", indexes=(Index(("assigning", "_id"), only=IS_ASSIGNING),))
# A task is assigned once; each list of them has an index.
TASKS = CollectionSpec(
    "follow_up_tasks",
    indexes=(
        Index(("run", "deliverable", "whom"), unique=True),
        Index(("run", "deliverable", "_id")),
        Index(("run", "deliverable", "state", "_id")),
        Index(("run", "deliverable", "office", "_id")),
        Index(("run", "deliverable", "person", "_id")),
        Index(("person", "_id"), only=OF_SOMEBODY),
    ),
)
# What people have written about a task, apart from it: evidence, and why it came back.
TEXTS = CollectionSpec(
    "follow_up_texts",
    indexes=(
        Index(("person", "_id"), only=OF_SOMEBODY),
        Index(("reason_at",), only=HAS_REASON),
        Index(("evidence_at",), only=HAS_EVIDENCE),
    ),
)
COLLECTIONS: Final = (FOLLOW_UPS, TASKS, TEXTS)
