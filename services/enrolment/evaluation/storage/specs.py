"""The collections of evaluation, their indexes, and what the database itself refuses."""

from typing import Final

from shared.mongo import CollectionSpec, Document, Index

NEWEST: Final[Document] = {"newest": True}
IS_OPEN: Final[Document] = {"open": True}
KEPT: Final[Document] = {"kept": True}  # answers of single people, or texts, after its end
OF_ANOTHER: Final[Document] = {"about": {"$exists": True}}
HAS_BATCH: Final[Document] = {"due": True}  # five or more are held

QUESTIONS = CollectionSpec("evaluation_questions", indexes=(Index(("key",), unique=True, only=NEWEST),))
FORMS = CollectionSpec("evaluation_forms", indexes=(Index(("key",), unique=True, only=NEWEST),))
EVALUATIONS = CollectionSpec(
    "evaluations",
    indexes=(
        Index(("open", "_id"), only=IS_OPEN),
        Index(("due", "_id"), only=HAS_BATCH),
        Index(("ended_at",), only=KEPT),
    ),
    validator={
        "$expr": {
            "$and": [
                {"$eq": ["$answered", {"$add": ["$held", "$released", "$withheld"]}]},
                {"$gte": ["$held", 0]},
                {"$lt": ["$withheld", 5]},
            ]
        }
    },
)
# Who has answered, and nothing of what, when or how. Ids are random.
RESPONDENTS = CollectionSpec(
    "evaluation_respondents", indexes=(Index(("evaluation", "person"), unique=True), Index(("person",)))
)
# `about` only where it is somebody else, who is assessed.
DRAFTS = CollectionSpec(
    "evaluation_drafts", indexes=(Index(("evaluation",)), Index(("person",)), Index(("about",), only=OF_ANOTHER))
)
# Of forms that promise nothing else: by person.
ANSWERS = CollectionSpec(
    "evaluation_answers", indexes=(Index(("run", "form", "person"), unique=True), Index(("person",)))
)
TEXTS = CollectionSpec("evaluation_texts", indexes=(Index(("evaluation", "question", "_id")),))
# One document of a run: for which forms everybody was asked to answer, and how far those are who are asked now.
ASKING = CollectionSpec("evaluation_asking")
COLLECTIONS: Final = (ASKING, QUESTIONS, FORMS, EVALUATIONS, RESPONDENTS, DRAFTS, ANSWERS, TEXTS)
