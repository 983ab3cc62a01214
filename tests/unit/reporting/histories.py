"""Histories of buckets as the enrolment service publishes them, for tests of who reads them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from services.enrolment.seats.domain import nominations as seats
from shared.events.envelope import Envelope, Event
from shared.events.seats import BucketFact, NominationState, Place, Rank, bucket_id

START = datetime(2020, 8, 1, 2, tzinfo=UTC)
RUN_STARTS = datetime(2020, 8, 31, 6, tzinfo=UTC)

CHIANG_MAI = Place(unit="PO-50.HR", province="50", group="NU1", region="N")
YALA = Place(unit="PO-95.HR", province="95", group="SB", region="SB")
PERSONNEL = Place(unit="PERS", province=None, group=None, region="CENTRAL")


def envelope(event: Event, subject: str, seq: int, at: datetime | None = None) -> Envelope:
    time = at or START + timedelta(seconds=seq)
    return Envelope(
        id=f"{subject}:{seq}",
        source="/pattana/enrolment",
        type=event.type,
        subject=subject,
        sequence=seq,
        time=time,
        occurred_at=time,
        key="key",
        correlation=None,
        causation=None,
        traceparent=None,
        event=event,
    )


def office(place: Place) -> str:
    return f"PO-{place.province}" if place.province else "OPS"


@dataclass
class History:
    """One bucket and everything that happened to it, made by the rules of enrolment."""

    bucket: seats.Bucket
    bucket_unit: str
    events: list[BucketFact] = field(default_factory=list)
    nominations: dict[str, seats.Nomination] = field(default_factory=dict)

    @classmethod
    def of(cls, place: Place, total: int, *, run: str = "r1", target: str = "HR", **changes: Any) -> "History":
        unit = office(place)
        bucket = seats.Bucket(
            bucket_id(run, target, unit),
            run,
            target,
            unit,
            programme=changes.get("programme", "p1"),
            fiscal_year=changes.get("fiscal_year", 2563),
            run_starts_at=RUN_STARTS,
            place=place.model_copy(update={"unit": unit}),
            seats=total,
            free=total,
        )
        history = cls(bucket, unit)
        history._take(seats.open_bucket(bucket))
        return history

    def nominate(
        self, name: str, place: Place, rank: Rank = Rank.PRIMARY, *, needs_approval: bool = False
    ) -> "History":
        new = seats.Nomination(name, self.bucket.id, f"person-{name}", rank, place, NominationState.SUBMITTED)
        return self._take(seats.nominate(self.bucket, new, needs_approval=needs_approval))

    def approve(self, name: str) -> "History":
        return self._take(seats.approve(self.bucket, self.nominations[name], by="superior", four_eyes=True))

    def reject(self, name: str) -> "History":
        return self._take(seats.reject(self.bucket, self.nominations[name]))

    def withdraw(self, name: str) -> "History":
        return self._take(seats.withdraw(self.bucket, self.nominations[name], self.waiting))

    def substitute(self, name: str, other: str) -> "History":
        leaving = self.nominations[name]
        new = seats.Nomination(
            other, self.bucket.id, f"person-{other}", Rank.PRIMARY, leaving.place, NominationState.SUBMITTED
        )
        return self._take(seats.substitute(self.bucket, leaving, new))

    def change_seats(self, total: int) -> "History":
        return self._take(seats.change_seats(self.bucket, total, tuple(self.waiting)))

    def close(self) -> "History":
        return self._take(seats.close_bucket(self.bucket))

    @property
    def waiting(self) -> list[seats.Nomination]:
        waiting = [each for each in self.nominations.values() if each.state is NominationState.WAITLISTED]
        return sorted(waiting, key=lambda nomination: nomination.queue or 0)

    def names(self, *states: NominationState) -> list[str]:
        return [name for name, nomination in self.nominations.items() if nomination.state in states]

    @property
    def envelopes(self) -> list[Envelope]:
        return [envelope(event, self.bucket.id, seq) for seq, event in enumerate(self.events, start=1)]

    def _take(self, outcome: seats.Outcome) -> "History":
        self.bucket = outcome.bucket
        self.events.extend(outcome.events)
        self.nominations |= {nomination.id: nomination for nomination in outcome.nominations}
        return self


def scenario_a(provinces: Sequence[Place]) -> list[History]:
    """76 + 24: every province nominates one, ten a reserve, the centre 26; two withdraw, one is replaced."""
    histories = {place.province: History.of(place, 1) for place in provinces}
    for number, (code, history) in enumerate(histories.items()):
        place = provinces[number].model_copy(update={"unit": f"PO-{code}.HR"})
        history.nominate(f"n{code}", place, needs_approval=True)
        if code == "50" or (code != "95" and number < 9):
            history.nominate(f"n{code}-reserve", place, Rank.RESERVE, needs_approval=True).approve(f"n{code}-reserve")
        history.approve(f"n{code}")
    centre = History.of(PERSONNEL, 24, target="CENTRAL_HR")
    for number in range(26):
        centre.nominate(f"c{number}", PERSONNEL, needs_approval=True).approve(f"c{number}")
    histories["50"].withdraw("n50")
    histories["95"].withdraw("n95").nominate("n95-second", YALA, needs_approval=True).approve("n95-second")
    return [*histories.values(), centre]
