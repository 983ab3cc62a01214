"""What a report has beyond what there is: descriptions, roll-ups and rows that no event led to."""

from collections.abc import AsyncIterator, Mapping, Sequence

from pattana.audit.documents import ENROLMENT
from pattana.audit.history import Kind
from pattana.audit.outboxes import Outboxes
from pattana.audit.pages import pages
from pattana.audit.projection import Reports
from pattana.audit.unnamed import audited
from pattana.audit.verdict import Check, Verdict
from shared.mongo import Collection, Database, translated_calls

DESCRIBED = (Kind.PROGRAMME, Kind.RUN, Kind.UNIT, Kind.EVALUATION, Kind.ISSUE)


async def check_superfluous(
    reports: Reports, databases: Mapping[str, Database], outboxes: Outboxes, verdict: Verdict, *, new_only: bool
) -> None:
    """Rows of nominations grow for ever: only an audit without a watermark reads all of them."""
    enrolment = databases[ENROLMENT]
    await _check_described(reports, outboxes, verdict["descriptions"])
    async for ids in _ids(reports, "rollups"):
        for key in await _absent(enrolment["buckets"], set(ids)):
            verdict["reports"].broken(f"report of bucket {key}, which does not exist")
    if not new_only:
        nominations, _ = await audited(enrolment, "nominations")
        async for ids in _ids(reports, "nominations"):
            for key in await _absent(nominations, {key.partition("~")[0] for key in ids}):
                verdict["rows"].broken(f"report: nomination {key} does not exist")


async def _check_described(reports: Reports, outboxes: Outboxes, check: Check) -> None:
    for kind in DESCRIBED:
        async for ids in _ids(reports, f"{kind}s"):
            for key in await _unknown(ids, outboxes):
                check.broken(f"report of {kind} {key}: no outbox has an event of it")


async def _ids(reports: Reports, name: str) -> AsyncIterator[list[str]]:
    async for page in pages(reports.collection(name), {"_id": True}):
        yield [row["_id"] for row in page]


async def _unknown(ids: Sequence[str], outboxes: Outboxes) -> list[str]:
    """Those without a first event."""
    missing = await outboxes.missing([f"{key}:1" for key in ids], ENROLMENT)
    return [position.removesuffix(":1") for position in missing]


async def _absent(collection: Collection, wanted: set[str]) -> set[str]:
    """The ids that no document has: nothing of enrolment's is ever deleted once it has events."""
    query = {"_id": {"$in": list(wanted)}}
    with translated_calls():
        return wanted - {row["_id"] async for row in collection.find(query, {"_id": True})}
