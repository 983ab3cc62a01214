"""Runs, buckets, people and boards for the tests of seats: scenario A's by default."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from services.enrolment.catalogue import ApprovalStep, OfferedRun, RunState, TargetGroup, TargetScope
from services.enrolment.directory import Assignment
from services.enrolment.seats.domain.board import Board
from services.enrolment.seats.domain.commands import Caller, Command, Decide, Decision, Nominate, Substitute
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.nominees import Person
from services.enrolment.seats.domain.transitions import Action
from services.enrolment.seats.service.queue import Ticket
from shared.events.seats import Approver, NominationState, Place, Rank
from shared.idempotency import CommandKey
from shared.ids import new_id
from shared.messaging.recorder import EventRecorder
from shared.rights import Scope

START = datetime(2020, 8, 31, 6, tzinfo=UTC)
ENDS = datetime(2020, 8, 31, 9, 30, tzinfo=UTC)
NOW = datetime(2020, 8, 1, 3, tzinfo=UTC)
EVERYTHING = Scope(all=True, names=True)
PROV_HR = TargetGroup("PROV_HR", TargetScope.PROVINCIAL, unit="PO.HR", seats=76, per_unit=1)
CENTRAL_HR = TargetGroup("CENTRAL_HR", TargetScope.CENTRAL, seats=24)
ONE_STEP = (ApprovalStep(Approver.SUPERVISOR),)
S, C, W, R, D = (
    NominationState.SUBMITTED,
    NominationState.CONFIRMED,
    NominationState.WAITLISTED,
    NominationState.REJECTED,
    NominationState.WITHDRAWN,
)


def place(unit: str) -> Place:
    """Only province and unit matter on a board."""
    if not unit.startswith("PO-"):
        return Place(unit=unit, province=None, group=None, region="CENTRAL")
    return Place(unit=unit, province=unit[3:5], group="NU1", region="N")


CALLER = Caller("caller", EVERYTHING, steps=dict.fromkeys(Approver, EVERYTHING))


def by_whom(command: Command) -> Caller:
    """Approvals come from somebody else than nominations."""
    approves = isinstance(command, Decide) and command.action is Action.APPROVE
    return replace(CALLER, subject="superior") if approves else CALLER


def run(*, open: bool = True, ended: bool = False, **changes: Any) -> OfferedRun:
    made = OfferedRun(
        id="run",
        programme="programme",
        state=RunState.OPEN if open else RunState.CLOSED if ended else RunState.PLANNED,
        opened=open or ended,
        capacity=100,
        fiscal_year=2563,
        starts_at=START,
        ends_at=ENDS,
        opens_at=None,
        closes_at=None,
        approval_route=(),
        organiser="PERS",
        four_eyes=True,
        offset_seconds=0,
        targets=(PROV_HR, CENTRAL_HR),
    )
    return replace(made, **changes)


def bucket(unit: str = "PO-50", seats: int = 1, target: str = "PROV_HR", **changes: Any) -> Bucket:
    made = Bucket(
        id=f"run:{target}:{unit}",
        run="run",
        target=target,
        bucket_unit=unit,
        programme="programme",
        fiscal_year=2563,
        run_starts_at=START,
        place=place(unit),
        seats=seats,
        free=seats,
        seq=1,
    )
    return replace(made, **changes)


def person(id: str, unit: str = "PO-50.HR", level: str | None = None) -> Person:
    return Person(id, Assignment(unit, level), place(unit))


def nomination(id: str, state: NominationState, of: str, unit: str = "PO-50.HR", **changes: Any) -> Nomination:
    """One that is submitted waits for the supervisor."""
    made = Nomination(id, "run:PROV_HR:PO-50", of, Rank.PRIMARY, place(unit), state)
    if state is S:
        made = replace(made, approver=Approver.SUPERVISOR)
    return replace(made, **changes)


def board(
    buckets: Iterable[Bucket] = (),
    people: Iterable[Person] = (),
    nominations: Iterable[Nomination] = (),
    of: OfferedRun | None = None,
) -> Board:
    """As a batch reads it, with the waiting lists of all buckets in the order of `queue`."""
    known = {nominee.id: nominee for nominee in nominations}
    kept = {stored.id: stored for stored in buckets}
    waiting = sorted(
        (nominee for nominee in known.values() if nominee.state is W), key=lambda nominee: nominee.queue or 0
    )
    return Board(
        run=of or run(),
        buckets=kept,
        nominations=known,
        people={person.id: person for person in people},
        live={nominee.person: nominee for nominee in known.values() if nominee.live},
        queues={key: [nominee for nominee in waiting if nominee.bucket == key] for key in kept},
    )


def states(on: Board) -> dict[str, str]:
    """The state of the nominations that commands have changed."""
    return {change.nomination.id: change.nomination.state.value for change in on.changes}


def nominate(who: str, new_id: str = "new", rank: Rank = Rank.PRIMARY, target: str | None = None) -> Nominate:
    return Nominate("run", who, rank, target, None, new_id)


def decide(action: Decision, what: str) -> Decide:
    return Decide("run", what, action, "ไม่ตรงสายงาน" if action is Action.REJECT else None)


def substitute(what: str, who: str, new_id: str = "new", *, swap: bool = False) -> Substitute:
    return Substitute("run", what, who, None, new_id, swap)


def ticket(who: str, run: str = "run", key: CommandKey | None = None, bucket: str | None = None) -> Ticket:
    """A queued nomination, by default without an Idempotency-Key. Needs a running loop."""
    command = Nominate(run, who, Rank.PRIMARY, None, None, new_id())
    recorder = EventRecorder("/pattana/enrolment", NOW)
    return Ticket(command, key or CommandKey(new_id(), None), CALLER, recorder, bucket=bucket)
