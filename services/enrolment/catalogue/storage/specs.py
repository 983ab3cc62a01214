"""The collections of programmes and runs, with their indexes."""

from typing import Final

from shared.mongo import CollectionSpec, Document, Index

PROGRAMMES = CollectionSpec(
    "programmes",
    indexes=(
        Index(("code",), unique=True),
        Index(("state", "_id")),
        Index(("state", "title_key", "_id")),
        Index(("fiscal_year", "state", "_id")),
        Index(("organiser", "state", "_id")),
        Index(("tokens", "state", "_id")),
    ),
)
IS_TO_RELEASE: Final[Document] = {"release_look_at": {"$exists": True}}
WITH_TEXTS: Final[Document] = {"texts": True}  # its nominations may have notes and reasons
RUNS = CollectionSpec(
    "runs",
    indexes=(
        Index(("programme", "cohort"), unique=True),
        Index(("place_key", "starts_at")),
        Index(("course", "starts_at")),
        Index(("state", "ends_at")),
        Index(("state", "starts_at", "_id")),
        Index(("tokens", "state", "starts_at", "_id")),
        Index(("ends_at_system_time",), only=WITH_TEXTS),
        Index(("fiscal_year", "_id")),
        Index(("release_look_at",), only=IS_TO_RELEASE),
        Index(("ask_look_at",)),
    ),
)
COLLECTIONS: Final = (PROGRAMMES, RUNS)
