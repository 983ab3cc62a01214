"""What is remembered is what FOLD_VERSION says it is: a change of what events lead to must raise it."""

import hashlib
from typing import Any

import orjson

from services.notification.absences import absence_writes
from services.notification.delegations import delegation_write
from services.notification.domain import Nomination, Run
from services.notification.reacting import FOLD_VERSION, HANDLERS, ReactionBatch
from services.notification.storage import (
    bucket_document,
    contact_document,
    followed_updates,
    nomination_document,
    run_document,
    to_do_update,
    unit_document,
)
from shared.events.attendance import AttendanceCorrected, Presence, Via
from shared.events.catalogue import RunCancelled, RunClockSet, RunClosed, RunOpened
from shared.events.delegations import DelegationGiven, DelegationRevoked
from shared.events.directory import ContactChanged, ContactErased, UnitRegistered
from shared.events.envelope import Envelope, Event
from shared.events.followups import (
    FollowUpCompleted,
    FollowUpReopened,
    FollowUpsAssigned,
    FollowUpTask,
    Per,
    ReopenedBecause,
)
from shared.events.offers import OfferDeclined, SeatOffered
from shared.events.seats import BucketOpened, BucketSeatsChanged, NominationTransferred, NominationWaitlisted
from shared.mongo import UpdateOne
from tests.unit.notification.builders import CHIANG_MAI, NOW, VENUE, enveloped, run_fields, scheduled, seat_fields
from tests.unit.notification.test_fan_outs import SCHEDULES, life, seat
from tests.unit.notification.test_no_shows import person, recorded

# One line per version, and never another digest for a version: a database may hold what it remembers.
DIGESTS = {
    1: "5985580701ac9373",
    2: "ab56fc206a605c13",
    3: "d5a6b75c2831bde2",
    4: "453b381498853d0d",
    5: "98683ce45798887c",
    6: "b1ce862f8e7d2847",
    7: "19ef0b3ab93baa76",
    8: "0db5b31c0133d2ec",
    9: "e623a594e15bac34",
    10: "50f8cacbf0ac9ce3",
    11: "32f2b152831ba198",
    12: "993fc814091dd1d1",
}


def history() -> list[Envelope]:
    """Everything that is remembered of anything."""
    facts: list[Event] = [
        RunOpened(**run_fields(), units=("PO-50",)),
        RunClockSet(programme="programme-1", run="run-1", offset_seconds=60),
        RunCancelled(**run_fields()),
    ]
    runs = [*SCHEDULES, *(enveloped(fact, seq=seq) for seq, fact in enumerate(facts, 3))]
    runs += [enveloped(scheduled(run="run-2"), "run-2"), enveloped(RunClosed(**run_fields(run="run-2")), "run-2", 2)]
    elsewhere = VENUE.model_copy(update={"province_code": "50"})
    moved = (scheduled(run="run-3"), scheduled(run="run-3", revision=1, venue=elsewhere))
    runs += [enveloped(fact, "run-3", seq) for seq, fact in enumerate(moved, start=1)]
    ways = ("s", "sc", "scx", "sw", "sr")
    seats = [envelope for number, way in enumerate(ways) for envelope in life(number, way)]
    contacts = [
        enveloped(ContactChanged(person="p1", key_id="k", sealed="s"), "contact:p1"),
        enveloped(ContactChanged(person="p1", key_id="k", sealed="t"), "contact:p1", 2),
        enveloped(ContactErased(person="p2"), "contact:p2"),
    ]
    fields = {key: value for key, value in seat_fields().items() if key not in {"nomination", "person", "rank"}}
    seats += [seat(0, BucketOpened(**fields, seats=1), 1)]
    del fields["place"]
    seats += [seat(0, BucketSeatsChanged(**fields, seats=2, before=1), 2)]
    gone = seat_fields(nomination="gone", person="gone")
    seats += [seat(0, NominationTransferred(**gone, before="CONFIRMED", to_run="run-9"), 3)]
    seats += offered()
    others = [enveloped(office(), "PO-50"), *left_to_do(), *delegated(), *absent()]
    return [*runs[:3], *seats, *runs[3:], *contacts, *others]


def absent() -> list[Envelope]:
    """One is missing, and one was put right."""
    both = recorded(person(1), person(2))
    marks = (person(2, Presence.PRESENT, missed=0),)
    righted = AttendanceCorrected(**dict(both) | {"via": Via.CORRECTION, "marks": marks})
    return [enveloped(fact, "attendance:run-1", seq) for seq, fact in enumerate((both, righted), start=1)]


def delegated() -> list[Envelope]:
    """One is in force, and one was revoked."""
    of: dict[str, Any] = {"unit": "PO-50", "absent": "a", "delegate": "d", "steps": ("SUPERVISOR",)}
    time = {"starts_at": NOW, "ends_at": NOW}
    return [
        enveloped(DelegationGiven(**of, **time, delegation="d1"), "delegation:PO-50:d1"),
        enveloped(DelegationGiven(**of, **time, delegation="d2"), "delegation:PO-50:d2"),
        enveloped(DelegationRevoked(**of, delegation="d2"), "delegation:PO-50:d2", 2),
    ]


def left_to_do() -> list[Envelope]:
    """An office and a person have something to do; one has done it, and another thing came back."""
    both = [FollowUpTask(task=f"t{n}", place=CHIANG_MAI, person=whom) for n, whom in enumerate((None, "p1"))]
    of: dict[str, Any] = {
        "programme": "p",
        "run": "run-1",
        "per": Per.PROVINCE,
        "due": "2024-11-29",
        "fiscal_year": 2568,
    }
    facts: list[Event] = [
        FollowUpsAssigned(**of, deliverable="A", tasks=tuple(both)),
        FollowUpsAssigned(**of | {"due": "2024-12-27"}, deliverable="B", tasks=(both[0],)),
        FollowUpCompleted(**of, deliverable="A", task=both[0]),
        FollowUpCompleted(**of, deliverable="A", task=both[1]),
        FollowUpReopened(**of, deliverable="A", task=both[1], because=ReopenedBecause.RETURNED),
    ]
    return [enveloped(fact, "follow-ups:run-1", seq) for seq, fact in enumerate(facts, start=1)]


def offered() -> list[Envelope]:
    """One is asked, and one has declined."""
    told = [seat_fields(nomination=f"o{number}", person=f"po{number}", bucket_unit="PO-50") for number in (1, 2)]
    return [
        seat(11, SeatOffered(**told[0], pool="PO", expires_at=NOW), 1),
        seat(12, SeatOffered(**told[1], pool="PO", expires_at=NOW), 1),
        seat(12, OfferDeclined(**told[1]), 2),
        seat(12, NominationWaitlisted(**told[1], before="OFFERED"), 3),
    ]


def office() -> UnitRegistered:
    fields: dict[str, Any] = {"unit": "PO-50", "name_th": "ก", "name_en": "a", "email": "a@example.go.th"}
    return UnitRegistered.model_construct(**fields)


def remembered() -> dict[str, Any]:
    batch = ReactionBatch(NOW)
    for each in history():
        assert each.event is not None
        HANDLERS[type(each.event)](batch, each, each.event)
    runs: list[Run] = list(batch.runs.values())
    nominations: list[Nomination] = list(batch.nominations.values())
    return {
        "buckets": [bucket_document(bucket) for bucket in batch.buckets.values()],
        "runs": [run_document(run) for run in runs],
        "nominations": [nomination_document(nomination) for nomination in nominations],
        "contacts": [contact_document(contact) for contact in batch.contacts.values()],
        "to_do": [_written(to_do_update(one)) for one in batch.to_do.values()],
        "followed": [_written(one) for one in followed_updates(batch.dues, batch.changed_runs)],
        "delegations": [repr(delegation_write(key, one)) for key, one in batch.delegations.items()],
        "absences": [repr(write) for write in absence_writes(batch.absences.to_store({}))],
        "units": [unit_document(unit) for unit in batch.units.values()],
    }


def _written(update: UpdateOne) -> Any:
    return repr(update)


def digest() -> str:
    canonical = orjson.dumps(remembered(), default=plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    return hashlib.sha256(canonical).hexdigest()[:16]


def plain(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else list(value)


def test_what_is_remembered_has_not_changed_within_a_version() -> None:
    """Red after a change of folds or forms: raise FOLD_VERSION, then add its line above."""
    assert digest() == DIGESTS.get(FOLD_VERSION)
