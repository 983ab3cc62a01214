"""The collections of development plans and their indexes."""

from typing import Final

from shared.mongo import CollectionSpec, Index

# One of each person and fiscal year, with its rows: no more of them than rows.py allows. Its lists go along `place`:
# office, unit and id as one text.
PLANS = CollectionSpec(
    "development_plans",
    indexes=(
        Index(("person", "fiscal_year"), unique=True),
        Index(("fiscal_year", "place")),
        Index(("fiscal_year", "state", "place")),
    ),
)
# What people have written in one, apart from it: notes, results, and why it came back.
TEXTS = CollectionSpec("development_plan_texts", indexes=(Index(("person",)), Index(("year_ends",))))
COLLECTIONS: Final = (PLANS, TEXTS)
