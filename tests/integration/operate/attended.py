"""Defects of what is stored and reported about attendance. No tests in here."""

from typing import Final

from tests.integration.operate.plants import ENROLMENT, REPORTING, Defect, copied, gone, wrong

_COUNTS: Final = "sittings.0.counts"
ATTENDED: Final = (
    Defect("attendee: minutes", "attendance", wrong(ENROLMENT, "attendees", {}, "minutes", 1, 0, "{key} sums to (1,")),
    Defect("attendee missing", "attendance", gone(ENROLMENT, "attendees", {}, 1, "{key} has events and no document")),
    Defect("attendee too many", "attendance", copied(ENROLMENT, "attendees", {}, "n-a", "n-a has a document and no")),
    Defect(
        "session: counts",
        "attendance",
        wrong(ENROLMENT, "attendance_sheets", {}, _COUNTS, {"LATE": 1}, says="session 1 counts {{'LATE'"),
    ),
    Defect("attended", "attended", wrong(REPORTING, "attendance_active", {}, "cells", {}, says="counts 0 attended")),
)
