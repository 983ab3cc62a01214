"""Development plans in every state, for the tests of plans."""

from datetime import UTC, date, datetime
from typing import Any, Final

from services.enrolment.plans.domain import plans as domain
from services.enrolment.plans.domain.competencies import Competency, Method
from services.enrolment.plans.domain.plans import Doing, Plan, State
from services.enrolment.plans.domain.rows import Need, Written
from shared.events.seats import Place

YEAR: Final = 2570
AT: Final = datetime(2026, 12, 1, 2, tzinfo=UTC)
PLACE: Final = Place(unit="PO-50.HR", province="50", group="NU1", region="N")
YALA: Final = Place(unit="PO-95.HR", province="95", group="SB", region="S")
PERSON: Final = Doing("anan", AT)
SUPERVISOR: Final = Doing("boss", AT)


def need(competency: Competency = Competency.INNOVATION, **changes: Any) -> Need:
    fields: dict[str, Any] = {
        "required": 3,
        "held": 1,
        "method": Method.TRAINING,
        "starts": date(2026, 10, 1),
        "ends": date(2027, 9, 30),
    }
    return Need(competency, **fields | changes)


def draft(*sent: Written) -> Plan:
    new = Plan("plan-1", "anan", PLACE, YEAR)
    return domain.drafted(new, sent or (Written(need()), Written(need(Competency.LAW))), PERSON).plan


def plan_in(state: State) -> Plan:
    plan = draft()
    if state is State.DRAFT:
        return plan
    plan = domain.submitted(plan, PERSON).plan
    if state is State.SUBMITTED:
        return plan
    plan = domain.agreed(plan, SUPERVISOR).plan
    return plan if state is State.AGREED else domain.closed(plan, SUPERVISOR).plan
