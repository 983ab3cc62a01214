"""Who decides steps of approval in the name of somebody who is away. One aggregate of each delegation, keyed by the
unit whose steps they are."""

from datetime import datetime
from typing import ClassVar

from shared.events.envelope import Event
from shared.events.seats import OpenApprover
from shared.events.topics import DIRECTORY


def delegation_aggregate(unit: str, delegation: str) -> str:
    return f"delegation:{unit}:{delegation}"


class DelegationFact(Event):
    """What every event of a delegation carries: who is away (`absent`, who also said so) and who decides instead, both
    by id; whose steps of which unit."""

    topic: ClassVar[str] = DIRECTORY.name
    key_field: ClassVar[str] = "unit"
    aggregate_kind: ClassVar[str | None] = "delegation"

    delegation: str
    unit: str
    absent: str
    delegate: str
    steps: tuple[OpenApprover, ...]

    @property
    def aggregate(self) -> str:
        return delegation_aggregate(self.unit, self.delegation)


class DelegationGiven(DelegationFact):
    """From when until when (excluded) somebody decides instead, by the clock of the run on which is decided."""

    type: ClassVar[str] = "enrolment.delegation-given.v1"

    starts_at: datetime
    ends_at: datetime


class DelegationRevoked(DelegationFact):
    """It was ended before its time, or after it: nothing is decided by it any more."""

    type: ClassVar[str] = "enrolment.delegation-revoked.v1"
