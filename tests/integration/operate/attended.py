"""Defects of what is stored and reported about attendance. No tests in here."""

from datetime import UTC, datetime
from typing import Final

from tests.integration.operate.plants import ENROLMENT, REPORTING, Defect, Stores, copied, gone, wrong

_COUNTS: Final = "sittings.0.counts"
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


async def scanned_before(stores: Stores) -> str:
    """A device has recorded somebody before what counts."""
    row = await stores.one(ENROLMENT, "attendees", {"times": {"$gt": 0}})
    of_whom = {"run": row["run"], "nomination": row["nomination"], "session": 1}
    told = {"device": "d-b", "nonce": "nonce-00", "at": _LONG_AGO, "outcome": "COUNTED"}
    await stores.add(ENROLMENT, "attendance_scans", {"_id": "d-b:nonce-00", **of_whom, **told})
    return f"{row['nomination']} has in session 1 what is later than d-b:nonce-00"


async def never_scanned(stores: Stores) -> str:
    """A mark that comes from no record of a device."""
    row = await stores.one(ENROLMENT, "attendees", {"times": {"$gt": 0}})
    mark = {**row["marks"]["1"], "device": "d-a", "source": "d-a:nonce-00"}
    await stores.change(ENROLMENT, "attendees", row, **{"marks.1": mark})
    return f"{row['nomination']} has in session 1 what no device has uploaded: d-a:nonce-00"


ATTENDED: Final = (
    Defect(
        "attendee: minutes",
        "attendance",
        wrong(ENROLMENT, "attendees", {}, "minutes", 1, 0, "{nomination} sums to (1,"),
    ),
    Defect(
        "attendee missing", "attendance", gone(ENROLMENT, "attendees", {}, 1, "{nomination} has events and no document")
    ),
    Defect(
        "attendee too many",
        "attendance",
        copied(ENROLMENT, "attendees", {}, "n-a", "n-a has a document and no", nomination="n-a"),
    ),
    Defect(
        "session: counts",
        "attendance",
        wrong(ENROLMENT, "attendance_sheets", {}, _COUNTS, {"LATE": 1}, says="session 1 counts {{'LATE'"),
    ),
    Defect("scan missing", "attendance", never_scanned),
    Defect("scan earlier", "attendance", scanned_before),
    Defect("attended", "attended", wrong(REPORTING, "attendance_active", {}, "cells", {}, says="counts 0 attended")),
)
