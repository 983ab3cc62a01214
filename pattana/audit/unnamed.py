"""The collections that hold names or what people typed, and the fields that an audit reads of them: neither.

In the compose edition the operator's database user may read just these, by views that the database's set-up makes
(deploy/mongodb/rights.json); elsewhere the audit asks the collection for the same fields.
"""

from collections.abc import Mapping
from typing import Final

from shared.mongo import Collection, Database, translated_calls

Fields = Mapping[str, bool]
READ: Final[Mapping[str, Fields]] = {
    "people": dict.fromkeys(("seq", "contact_seq", "unit", "level", "post", "moving", "erased"), True),
    "nominations": dict.fromkeys(
        (
            *("bucket", "run", "target", "bucket_unit", "programme", "person"),
            *("place", "rank", "state", "queue", "live", "warnings.code", "ex_officio", "training_class"),
            *("present_unit", "moved", "asked", "transfers", "offered_until", "erased"),
        ),
        True,
    ),
    "certificates": dict.fromkeys(("register", "serial", "run", "person", "nomination", "state", "holds"), True),
    # Of every service: whose data were handed out to whom, and no more of it (SHOWN).
    "security_log": dict.fromkeys(("action", "object", "subject", "roles", "permission"), True),
    "certificate_issues": {"run": True, "seq": True},
    "commands": {"positions": True},
    "evaluations": dict.fromkeys(
        ("run", "form", "seq", "chosen", "answered", "held", "released", "withheld", "sums", "gains", "gained"), True
    ),
    "evaluation_respondents": {"evaluation": True},
    "development_plans": dict.fromkeys(
        ("person", "fiscal_year", "state", "seq", "told_unit", "told_rows", "told_done", "decided_by"), True
    ),
    "ideas": dict.fromkeys(
        ("run", "group", "state", "award", "rank", "points", "judges", "tied", "adoptions", "measurements"), True
    ),
}
# Which documents a view shows, where not all.
SHOWN: Final[Mapping[str, Mapping[str, str]]] = {"security_log": {"action": "export"}}


def view_of(name: str) -> str:
    return f"{name}_audited"


async def audited(database: Database, name: str) -> tuple[Collection, Fields | None]:
    """Where to read a collection, and which fields; None: there is nothing in it that an operator may not read."""
    if name not in READ:
        return database[name], None
    with translated_calls():
        there = await database.list_collection_names(filter={"name": view_of(name)})
    return database[view_of(name) if there else name], READ[name]
