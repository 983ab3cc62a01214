"""The collections of certificates and their indexes."""

from typing import Final

from shared.mongo import CollectionSpec, Document, Index

HOLDS: Final[Document] = {"holds": True}  # the latest one of a person in a run, valid or not
HAS_REASON: Final[Document] = {"revoked_at_system_time": {"$exists": True}}
CERTIFICATES = CollectionSpec(
    "certificates",
    indexes=(
        Index(("code",), unique=True),
        Index(("register", "serial"), unique=True),
        Index(("run", "person"), unique=True, only=HOLDS),
        Index(("run", "_id")),
        Index(("run", "office", "_id")),
        Index(("run", "person", "_id")),
        Index(("person", "_id")),
        Index(("revoked_at_system_time",), only=HAS_REASON),  # only those whose reason is still kept
    ),
)
REGISTERS = CollectionSpec("certificate_registers", validator={"$expr": {"$gte": ["$last", 0]}})
RUNNING: Final[Document] = {"running": True}
ISSUES = CollectionSpec("certificate_issues", indexes=(Index(("running", "_id"), only=RUNNING),))
COLLECTIONS: Final = (CERTIFICATES, REGISTERS, ISSUES)
