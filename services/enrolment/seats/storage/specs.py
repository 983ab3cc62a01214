"""The collections of seats, their indexes, and what the database itself refuses."""

from typing import Final

from services.enrolment.seats.storage.delegations import DELEGATIONS
from shared.mongo import CollectionSpec, Document, Index

IS_GROWING: Final[Document] = {"growing.seats": {"$gt": 0}}
IS_RETURNING: Final[Document] = {"returning": {"$gt": 0}}
BUCKETS = CollectionSpec(
    "buckets",
    indexes=(Index(("run",)), Index(("growing.seats",), only=IS_GROWING), Index(("returning",), only=IS_RETURNING)),
    validator={"$expr": {"$and": [{"$gte": ["$free", 0]}, {"$lte": ["$free", "$seats"]}, {"$gte": ["$waiting", 0]}]}},
)
WARNED: Final[Document] = {"warned": True}
WAITS_FOR_APPROVAL: Final[Document] = {"waits_for": {"$exists": True}}
HAS_DEADLINE: Final[Document] = {"due_at": {"$exists": True}}
WAITS_FOR_POOL: Final[Document] = {"waits_since": {"$exists": True}}
IS_OFFERED: Final[Document] = {"offered_until": {"$exists": True}}
# `live: true` stands only on live nominations: MongoDB 4.4 takes no $in in a partial filter.
NOMINATIONS = CollectionSpec(
    "nominations",
    indexes=(
        Index(("run", "person"), unique=True, only={"live": True}),
        Index(("run", "state", "_id")),
        Index(("run", "office", "state", "_id")),
        Index(("bucket", "state", "queue")),
        Index(("person", "_id")),
        Index(("run", "warned", "state", "_id"), only=WARNED),
        Index(("ex_officio.key",), sparse=True),  # not partial: it is asked for a range
        # Only of people who have moved: the nominations of all others cost nothing more.
        Index(("run", "present_office", "_id"), only={"moved": True}),
        Index(("run", "_id"), only={"moved": True}),
        Index(("run", "waits_for", "_id"), only=WAITS_FOR_APPROVAL),
        Index(("run", "office", "waits_for", "_id"), only=WAITS_FOR_APPROVAL),
        Index(("run", "due_at"), only=HAS_DEADLINE),
        Index(("pool", "rank", "waits_since", "_id"), only=WAITS_FOR_POOL),
        Index(("run", "offered_until"), only=IS_OFFERED),
    ),
)
RELEASES: Final = CollectionSpec("releases", indexes=(Index(("run",)),))
# `parties` are the units that have to do with a seat, their offices, and the central pool for all central units.
RELEASED: Final = CollectionSpec("released_seats", indexes=(Index(("run", "_id")), Index(("run", "parties", "_id"))))
COLLECTIONS: Final = (BUCKETS, NOMINATIONS, DELEGATIONS, RELEASES, RELEASED)
