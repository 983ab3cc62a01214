"""Compares what forms of runs have come to with who has answered: nobody is counted who has not, nobody is lost."""

from pattana.audit.outboxes import Advance
from pattana.audit.pages import pages
from pattana.audit.unnamed import audited
from pattana.audit.verdict import Check
from shared.mongo import Database, Document, majority, translated_calls

ATTEMPTS = 3
SMALLEST = 5


async def check_evaluations(database: Database, check: Check, advance: Advance) -> None:
    """Every form of a run that somebody has set up or answered."""
    collection, fields = await audited(database, "evaluations")
    async for page in pages(majority(collection), fields):
        for document in page:
            check.all_broken(await _faults(database, document))
        check.count("forms", len(page))
        advance(len(page))


async def _faults(database: Database, document: Document) -> list[str]:
    """Again where somebody has answered meanwhile."""
    collection, fields = await audited(database, "evaluations")
    respondents, named = await audited(database, "evaluation_respondents")
    for _ in range(ATTEMPTS):
        with translated_calls():
            found = majority(respondents).find({"evaluation": document["_id"]}, named)
            there = sum([1 async for _ in found])  # a count would read more than an operator may
            again = await majority(collection).find_one({"_id": document["_id"]}, fields)
        if again is None or again["answered"] == document["answered"]:
            break
        document = again
    return list(_differences(document, there))


def _differences(document: Document, there: int) -> list[str]:
    what, answered = f"evaluation {document['_id']}", document["answered"]
    parts = [document[name] for name in ("held", "released", "withheld")]
    found = [] if there == answered else [f"{what} counts {answered} answers, {there} people have answered"]
    if sum(parts) != answered or min(parts) < 0:
        found.append(f"{what}: of {answered} answers {parts} are held, released and withheld")
    small = [one["question"] for one in document["sums"] if one["answers"] < SMALLEST]
    if document["withheld"] >= SMALLEST or 0 < document["released"] < SMALLEST or small:
        found.append(f"{what} tells or withholds a group that is too small or too large")
    return found
