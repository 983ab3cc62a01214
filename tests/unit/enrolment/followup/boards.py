"""A run with deliverables, and tasks of it, for the tests of follow-up."""

from datetime import UTC, date, datetime
from typing import Any

from services.enrolment.followup.domain.deliverables import Asked, FollowUps, ask
from services.enrolment.followup.domain.recipients import Recipient
from services.enrolment.followup.domain.tasks import Task, assign
from shared.events.followups import Per
from shared.events.seats import Place

AT = datetime(2024, 6, 3, 2, tzinfo=UTC)
TODAY = date(2024, 6, 3)
CHIANG_MAI = Place(unit="PO-50", province="50", group="NU1", region="N")
LAMPHUN = Place(unit="PO-51", province="51", group="NU1", region="N")
TWO = (Recipient("PO-50", CHIANG_MAI), Recipient("PO-51", LAMPHUN))


def asked(key: str = "PLAN", **changes: Any) -> Asked:
    fields: dict[str, Any] = {"per": Per.PROVINCE, "due": date(2024, 11, 29), "fiscal_year": 2568} | changes
    return Asked(key, **fields)


def board(*deliverables: Asked) -> FollowUps:
    return ask(FollowUps("r1", "p1"), deliverables or (asked(),), TODAY)


def assigned(given: FollowUps | None = None) -> tuple[FollowUps, list[Task]]:
    """Both offices have the first of them."""
    before = given or board()
    tasks = [(f"t{number}", one) for number, one in enumerate(TWO, start=1)]
    after, made, _ = assign(before, before.deliverables[0], tasks, None)
    return after, made
