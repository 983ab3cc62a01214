"""Histories of buckets as the enrolment service publishes them, for tests of who reads them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from services.enrolment.catalogue import ApprovalStep, FromPool, NotTaken, OnDeadline, Route, WaitingLists
from services.enrolment.directory import Held
from services.enrolment.seats.domain import approvals, offers
from services.enrolment.seats.domain import nominations as seats
from services.enrolment.seats.domain.approvals import Decider, waiting
from services.enrolment.seats.domain.buckets import change_seats, close_bucket, open_bucket, reopen_bucket
from services.enrolment.seats.domain.checks import Warnings
from services.enrolment.seats.domain.model import Bucket, Nomination, Outcome
from shared.events.directory import InPost, TrainingClass
from shared.events.envelope import Envelope, Event
from shared.events.seats import Approver, BucketFact, NominationState, Place, Rank, bucket_id

TWO_STEPS: Route = (
    ApprovalStep(Approver.SUPERVISOR, 1, OnDeadline.ESCALATE),
    ApprovalStep(Approver.ORGANISER, 1, OnDeadline.EXPIRE),
)
ONE_MORE_TIME = WaitingLists(FromPool.OFFER)
ONCE = WaitingLists(FromPool.OFFER, on_decline=NotTaken.WITHDRAWN, on_expiry=NotTaken.WITHDRAWN)
ONE_STEP: Route = (ApprovalStep(Approver.SUPERVISOR),)
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
    """One bucket and everything that happened to it, made by the rules of enrolment. `route` is who approves."""

    bucket: Bucket
    bucket_unit: str
    events: list[BucketFact] = field(default_factory=list)
    nominations: dict[str, Nomination] = field(default_factory=dict)
    route: Route = ONE_STEP

    @classmethod
    def of(cls, place: Place, total: int, *, run: str = "r1", target: str = "HR", **changes: Any) -> "History":
        unit = office(place)
        bucket = Bucket(
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
        history = cls(bucket, unit, route=changes.get("route", ONE_STEP))
        history.take(open_bucket(bucket))
        return history

    def nominate(
        self,
        name: str,
        place: Place,
        rank: Rank = Rank.PRIMARY,
        *,
        needs_approval: bool = False,
        person: str | None = None,
        warnings: Warnings = (),
        ex_officio: InPost | None = None,
        training_class: TrainingClass | None = None,
    ) -> "History":
        who, state = f"person-{person or name}", NominationState.SUBMITTED
        held = None if ex_officio is None else Held(place.unit, "PROV_HEAD", ex_officio)
        more = {"warnings": warnings, "ex_officio": held, "training_class": training_class}
        new = Nomination(name, self.bucket.id, who, rank, place, state, **more)  # type: ignore[arg-type]
        return self.take(seats.nominate(self.bucket, waiting(new, self.route if needs_approval else (), START)))

    def approve(self, name: str) -> "History":
        """The step that it waits for."""
        known = self.nominations[name]
        by = Decider(f"superior-{known.step}", {})
        return self.take(approvals.approve(self.bucket, known, self.route, by, four_eyes=True, now=START))

    def overdue(self, name: str) -> "History":
        """Nobody decides in time: it goes to the next step, and expires where there is none."""
        return self.take(approvals.overdue(self.bucket, self.nominations[name], self.route, START))

    def reject(self, name: str) -> "History":
        by = Decider("superior", {})
        return self.take(approvals.reject(self.bucket, self.nominations[name], by, four_eyes=True, reason="x"))

    def withdraw(self, name: str) -> "History":
        return self.take(seats.withdraw(self.bucket, self.nominations[name], self.waiting))

    def substitute(self, name: str, other: str) -> "History":
        leaving = self.nominations[name]
        new = Nomination(
            other, self.bucket.id, f"person-{other}", Rank.PRIMARY, leaving.place, NominationState.SUBMITTED
        )
        return self.take(seats.substitute(self.bucket, leaving, new))

    def offer(self, name: str) -> "History":
        """A seat of the pool, to one who waits."""
        return self.take(offers.offer(self.bucket, self.nominations[name], RUN_STARTS, "PO"))

    def accept(self, name: str) -> "History":
        return self.take(offers.accept(self.bucket, self.nominations[name], START))

    def decline(self, name: str, lists: WaitingLists = ONE_MORE_TIME) -> "History":
        return self.take(offers.decline(self.bucket, self.nominations[name], lists, START))

    def lapse(self, name: str, lists: WaitingLists = ONE_MORE_TIME) -> "History":
        return self.take(offers.lapse(self.bucket, self.nominations[name], lists))

    def lend(self, seats: int) -> "History":
        return self.take(offers.lend(self.bucket, seats))

    def give_back(self) -> "History":
        return self.take(offers.give_back(self.bucket))

    def change_seats(self, total: int) -> "History":
        return self.take(change_seats(self.bucket, total, tuple(self.waiting)))

    def close(self) -> "History":
        return self.take(close_bucket(self.bucket))

    def reopen(self) -> "History":
        return self.take(reopen_bucket(self.bucket))

    @property
    def waiting(self) -> list[Nomination]:
        waiting = [each for each in self.nominations.values() if each.state is NominationState.WAITLISTED]
        return sorted(waiting, key=lambda nomination: nomination.queue or 0)

    def names(self, *states: NominationState) -> list[str]:
        return [name for name, nomination in self.nominations.items() if nomination.state in states]

    @property
    def envelopes(self) -> list[Envelope]:
        return [envelope(event, self.bucket.id, seq) for seq, event in enumerate(self.events, start=1)]

    def take(self, outcome: Outcome) -> "History":
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
