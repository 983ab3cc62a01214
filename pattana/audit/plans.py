"""Checks the report of development plans: how many there are of which unit in which state, against the plans."""

from collections import Counter
from collections.abc import Iterator, Mapping

from pattana.audit.documents import ENROLMENT, REPORTING
from pattana.audit.pages import pages
from pattana.audit.projection import Reports, positions_at
from pattana.audit.unnamed import audited
from pattana.audit.verdict import Check
from services.reporting.storage.documents import field_name
from shared.mongo import Database, Document, majority, translated_calls

Counts = Counter[tuple[int, str, str]]  # by fiscal year, unit and state


async def check_planned(databases: Mapping[str, Database], check: Check) -> None:
    """What is still on its way to the report makes it incomparable: events that were not applied yet, and plans that
    have changed meanwhile."""
    reporting = databases[REPORTING]
    reports = await Reports.answering(reporting)
    expected, moving = Counts(), 0
    collection, fields = await audited(databases[ENROLMENT], "development_plans")
    async for page in pages(majority(collection), fields):
        applied = await positions_at(reporting, reports.consumer, [row["_id"] for row in page])
        for row in page:
            moving += applied.get(row["_id"], 0) != row["seq"]
            expected[row["fiscal_year"], row["told_unit"], row["state"]] += 1
        check.count("plans", len(page))
    with translated_calls():
        documents: list[Document] = await reports.collection("plans").find({}).to_list(None)
    if moving:
        check.could_not("plans of which the report has not heard all yet", moving)
    else:
        check.all_broken(planned_differences(expected, documents))


def planned_differences(expected: Counts, documents: list[Document]) -> Iterator[str]:
    """Pure. The cells of all years against what plans say."""
    wanted: Counter[tuple[int, str, str]] = Counter()
    for (year, unit, state), count in expected.items():
        wanted[year, field_name(unit), field_name(state)] += count
    reported = Counter(dict(_cells(documents)))
    for cell in sorted(wanted.keys() | reported.keys()):
        if wanted[cell] != reported[cell]:
            year, unit, state = cell
            yield f"report of plans {year}: {unit} has {reported[cell]} {state}, not {wanted[cell]}"


def _cells(documents: list[Document]) -> Iterator[tuple[tuple[int, str, str], int]]:
    for document in documents:
        for unit, counts in document.get("cells", {}).items():
            for state, count in counts.items():
                yield (document["fiscal_year"], unit, state), count
