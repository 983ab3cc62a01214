"""What the enrolment service says: units, people, contacts, programmes, runs, and the seats of every bucket.

No participant's name, address or citizen id: people are opaque ids. Chairs, speakers and units are public.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from shared.events.envelope import Event, Part
from shared.events.topics import CATALOGUE, CONTACTS, DIRECTORY, SEATS

CENTRAL_REGION = "CENTRAL"


class Place(Part):
    """Where a person belonged at nomination. Central people have the region CENTRAL and no province or group."""

    unit: str
    province: str | None
    group: str | None
    region: str


class Membership(Part):
    """A province office in its province group and region, for a time (`valid_to` excluded; None: still)."""

    group: str
    region: str
    valid_from: date
    valid_to: date | None = None


# ---- directory: aggregates unit and person, keyed by themselves


class UnitRegistered(Event):
    """A unit is new or described anew: the event carries the whole description."""

    type: ClassVar[str] = "enrolment.unit-registered.v1"
    topic: ClassVar[str] = DIRECTORY.name

    unit: str
    kind: str
    parent: str | None
    name_th: str
    name_en: str
    province: str | None
    province_th: str | None
    province_en: str | None
    memberships: tuple[Membership, ...]
    email: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class PersonRegistered(Event):
    """A person is new. Level is the OCSC code (M1 and M2 are managerial)."""

    type: ClassVar[str] = "enrolment.person-registered.v1"
    topic: ClassVar[str] = DIRECTORY.name

    person: str
    unit: str
    level: str | None
    post: str | None


class PersonMoved(Event):
    """A person changed unit, level or post. Nominations made before keep their place."""

    type: ClassVar[str] = "enrolment.person-moved.v1"
    topic: ClassVar[str] = DIRECTORY.name

    person: str
    unit: str
    level: str | None
    post: str | None


# ---- contacts: a state topic, keyed by person


class ContactChanged(Event):
    """Name and addresses of a person, sealed: only who holds the key `key_id` can read `sealed`."""

    type: ClassVar[str] = "enrolment.contact-changed.v1"
    topic: ClassVar[str] = CONTACTS.name

    person: str
    key_id: str
    sealed: str = Field(description="base64 of nonce and AES-256-GCM ciphertext; the subject is authenticated with it")


class ContactErased(Event):
    """A tombstone: what was known of how to reach this person is gone."""

    type: ClassVar[str] = "enrolment.contact-erased.v1"
    topic: ClassVar[str] = CONTACTS.name
    key_field: ClassVar[str | None] = "person"

    person: str


# ---- catalogue: aggregates programme and run, keyed by the programme


class Official(Part):
    """Somebody who acts in public at a programme; `on_behalf_of` when assigned by another official."""

    name: str
    position: str | None = None
    on_behalf_of: str | None = None


class Venue(Part):
    """Where it takes place; anything may be unknown."""

    name: str | None = None
    room: str | None = None
    floor: str | None = None
    building: str | None = None
    site: str | None = None
    district: str | None = None
    province_code: str | None = None


class Session(Part):
    """One sitting of a run; times with an offset."""

    starts_at: datetime
    ends_at: datetime
    title: str | None = None


class ProgrammeFact(Event):
    """What every event of a programme carries."""

    topic: ClassVar[str] = CATALOGUE.name

    programme: str
    code: str
    title: str
    fiscal_year: int
    organiser: str | None


class ProgrammeCreated(ProgrammeFact):
    type: ClassVar[str] = "enrolment.programme-created.v1"

    kind: str
    framework_tags: tuple[str, ...]


class ProgrammeRevised(ProgrammeFact):
    """A draft was rewritten."""

    type: ClassVar[str] = "enrolment.programme-revised.v1"

    kind: str
    framework_tags: tuple[str, ...]


class ProgrammeSubmitted(ProgrammeFact):
    type: ClassVar[str] = "enrolment.programme-submitted.v1"


class ProgrammeApproved(ProgrammeFact):
    type: ClassVar[str] = "enrolment.programme-approved.v1"


class ProgrammePublished(ProgrammeFact):
    type: ClassVar[str] = "enrolment.programme-published.v1"


class ProgrammeClosed(ProgrammeFact):
    type: ClassVar[str] = "enrolment.programme-closed.v1"


class ProgrammeCancelled(ProgrammeFact):
    type: ClassVar[str] = "enrolment.programme-cancelled.v1"


class RunFact(Event):
    """What every event of a run carries: enough to answer and to invite without asking back."""

    topic: ClassVar[str] = CATALOGUE.name

    programme: str
    run: str
    code: str
    title: str
    fiscal_year: int
    batch_no: int
    capacity: int
    starts_at: datetime
    ends_at: datetime
    venue: Venue
    sessions: tuple[Session, ...]
    chair: Official | None = None
    offset_seconds: int = 0


class RunScheduled(RunFact):
    """A run is planned, or planned anew (`revision` counts from 0; calendar invitations follow it)."""

    type: ClassVar[str] = "enrolment.run-scheduled.v1"

    revision: int = 0


class RunOpened(RunFact):
    """Nomination is open; every unit in `units` is asked for nominations."""

    type: ClassVar[str] = "enrolment.run-opened.v1"

    units: tuple[str, ...]
    closes_at: datetime | None = None


class RunClosed(RunFact):
    """No more nominations."""

    type: ClassVar[str] = "enrolment.run-closed.v1"


class RunCancelled(RunFact):
    """The run does not take place."""

    type: ClassVar[str] = "enrolment.run-cancelled.v1"


class RunClockSet(Event):
    """The business time of one run differs from system time by this offset (rehearsals, past programmes)."""

    type: ClassVar[str] = "enrolment.run-clock-set.v1"
    topic: ClassVar[str] = CATALOGUE.name

    programme: str
    run: str
    offset_seconds: int


# ---- seats: aggregate bucket, keyed by the run


class Rank(StrEnum):
    PRIMARY = "PRIMARY"
    RESERVE = "RESERVE"


class NominationState(StrEnum):
    SUBMITTED = "SUBMITTED"
    CONFIRMED = "CONFIRMED"
    WAITLISTED = "WAITLISTED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class ConfirmedBy(StrEnum):
    """Why a seat was given."""

    NOMINATION = "NOMINATION"
    APPROVAL = "APPROVAL"
    PROMOTION = "PROMOTION"
    SUBSTITUTION = "SUBSTITUTION"


class BucketFact(Event):
    """What every event of a bucket carries. `unit` is the unit whose seats these are (OPS: the central pool)."""

    topic: ClassVar[str] = SEATS.name

    programme: str
    run: str
    target: str
    unit: str
    fiscal_year: int
    run_starts_at: datetime


class BucketOpened(BucketFact):
    """A bucket with its seats takes nominations (first event of every bucket)."""

    type: ClassVar[str] = "enrolment.bucket-opened.v1"

    seats: int
    place: Place


class BucketSeatsChanged(BucketFact):
    type: ClassVar[str] = "enrolment.bucket-seats-changed.v1"

    seats: int
    before: int


class BucketClosed(BucketFact):
    """The bucket takes no more nominations; those made stay as they are."""

    type: ClassVar[str] = "enrolment.bucket-closed.v1"


class NominationFact(BucketFact):
    """What every event of a nomination carries."""

    nomination: str
    person: str
    rank: Rank
    place: Place


class NominationSubmitted(NominationFact):
    type: ClassVar[str] = "enrolment.nomination-submitted.v1"


class SeatConfirmed(NominationFact):
    """A seat is taken. `before` is None when the nomination was confirmed at once."""

    type: ClassVar[str] = "enrolment.seat-confirmed.v1"

    before: NominationState | None
    by: ConfirmedBy
    replaces: str | None = None


class NominationWaitlisted(NominationFact):
    """Waits for a seat; the order of waiting is the sequence of this event in its bucket."""

    type: ClassVar[str] = "enrolment.nomination-waitlisted.v1"

    before: NominationState | None


class NominationRejected(NominationFact):
    """The reason stays with the nomination: free text may name people."""

    type: ClassVar[str] = "enrolment.nomination-rejected.v1"


class NominationWithdrawn(NominationFact):
    """`before` tells whether a seat came free. `replaced_by` is the nomination that took it in the same moment."""

    type: ClassVar[str] = "enrolment.nomination-withdrawn.v1"

    before: NominationState
    replaced_by: str | None = None
