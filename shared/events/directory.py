"""Units and people, keyed by themselves; and contacts, which are states, keyed by person."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from pydantic import Field

from shared.events.envelope import Event, EventModel
from shared.events.topics import CONTACTS, DIRECTORY

KEY_HEADER = "pattana-key-id"  # which key a contact is sealed with, readable without opening the body


def contact_aggregate(person: str) -> str:
    return f"contact:{person}"


class Membership(EventModel):
    """A province office in its province group and region, for a time (`valid_to` excluded; None: still)."""

    group: str
    region: str
    valid_from: date
    valid_to: date | None = None


class UnitRegistered(Event):
    """A unit is new or described anew: the event carries the whole description."""

    type: ClassVar[str] = "enrolment.unit-registered.v1"
    topic: ClassVar[str] = DIRECTORY.name
    key_field: ClassVar[str] = "unit"

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
    key_field: ClassVar[str] = "person"
    quiet: ClassVar[bool] = True

    person: str
    unit: str
    level: str | None
    post: str | None


class PersonMoved(Event):
    """A person changed unit, level or post. Nominations made before keep their place."""

    type: ClassVar[str] = "enrolment.person-moved.v1"
    topic: ClassVar[str] = DIRECTORY.name
    key_field: ClassVar[str] = "person"
    quiet: ClassVar[bool] = True

    person: str
    unit: str
    level: str | None
    post: str | None


class ContactFact(Event):
    """What every event of a contact carries. The contact is an aggregate of its own, beside the person."""

    topic: ClassVar[str] = CONTACTS.name
    key_field: ClassVar[str] = "person"
    aggregate_kind: ClassVar[str | None] = "contact"

    person: str

    @property
    def aggregate(self) -> str:
        return contact_aggregate(self.person)


class ContactChanged(ContactFact):
    """Name and addresses of a person, sealed: only who holds the key `key_id` can read `sealed`."""

    type: ClassVar[str] = "enrolment.contact-changed.v1"

    key_id: str
    sealed: str = Field(description="base64 of nonce and AES-256-GCM ciphertext; the subject is authenticated with it")

    @property
    def headers(self) -> Mapping[str, str]:
        return {KEY_HEADER: self.key_id}


class ContactErased(ContactFact):
    """A tombstone: what was known of how to reach this person is gone."""

    type: ClassVar[str] = "enrolment.contact-erased.v1"
    tombstone: ClassVar[bool] = True
