"""A run of two half days, and people in it, for the tests of attendance."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.enrolment.attendance.domain.marks import Mark
from services.enrolment.attendance.domain.sheet import Attendee, Sheet
from services.enrolment.attendance.domain.sittings import Sitting
from shared.events.attendance import Presence, Via
from shared.events.seats import Place

NINE = datetime(2024, 5, 27, 2, tzinfo=UTC)  # in Bangkok
MORNING = Sitting(1, NINE, NINE + timedelta(hours=3))
AFTERNOON = Sitting(2, NINE + timedelta(hours=4), NINE + timedelta(hours=7, minutes=30))
SITTINGS = {1: MORNING, 2: AFTERNOON}
SHEET = Sheet("r1", "p1", 2567)
CHIANG_MAI = Place(unit="PO-50.HR", province="50", group="NU1", region="N")


def attendee(name: str, **changes: Any) -> Attendee:
    fields: dict[str, Any] = {"target": "PROV", "bucket_unit": "PO-50", "place": CHIANG_MAI} | changes
    return Attendee(name, "r1", f"person-{name}", **fields)


def mark(presence: Presence = Presence.PRESENT, *, minute: int = 0, via: Via = Via.LIST, **changes: Any) -> Mark:
    """That many minutes after nine."""
    minutes = changes.pop("minutes", 180 if presence is Presence.PRESENT else 0)
    return Mark(presence, minutes, NINE + timedelta(minutes=minute), via, "officer", **changes)
