"""A bucket and one nomination in it, as the projection holds them."""

from typing import Any, overload

from services.reporting.projecting.domain.nominations import NominationRow, Place
from shared.events.seats import NominationState, Rank
from tests.unit.reporting.histories import CHIANG_MAI, RUN_STARTS, START

BUCKET: dict[str, Any] = {
    "programme": "p1",
    "run": "r1",
    "target": "HR",
    "bucket_unit": "PO-50",
    "fiscal_year": 2563,
    "run_starts_at": RUN_STARTS,
}
SUBJECT = "r1:HR:PO-50"


@overload
def row(state: NominationState) -> NominationRow: ...
@overload
def row(state: None) -> None: ...
@overload
def row(state: NominationState | None) -> NominationRow | None: ...
def row(state: NominationState | None) -> NominationRow | None:
    """None: nothing has happened yet."""
    if state is None:
        return None
    return NominationRow("n1", SUBJECT, "r1", "HR", "PO-50", "a", Rank.PRIMARY, Place.of(CHIANG_MAI), state, START)
