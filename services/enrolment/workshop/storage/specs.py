"""The collections of groups and ideas, and their indexes."""

from typing import Final

from shared.mongo import CollectionSpec, Document, Index

IS_FOLLOWING: Final[Document] = {"following": True}
# One document of a run: sizes of its groups, criteria and judges, of which there are so many at most.
WORKSHOPS = CollectionSpec("workshops", indexes=(Index(("following", "_id"), only=IS_FOLLOWING),))
# One document of somebody who is in a group now; nobody is in two of a run.
MEMBERS = CollectionSpec(
    "group_members",
    indexes=(
        Index(("run", "person"), unique=True),
        Index(("run", "_id")),
        Index(("run", "office", "_id")),
        Index(("run", "group", "_id")),
        Index(("person", "_id")),
    ),
)
IDEAS = CollectionSpec("ideas", indexes=(Index(("run", "_id")), Index(("run", "group", "_id"))))
SCORES = CollectionSpec("idea_scores", indexes=(Index(("run", "_id")), Index(("idea", "_id")), Index(("judge", "_id"))))
COLLECTIONS: Final = (WORKSHOPS, MEMBERS, IDEAS, SCORES)
