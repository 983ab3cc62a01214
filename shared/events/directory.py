"""Units and people, keyed by themselves; and contacts, which are states, keyed by person."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from shared.events.envelope import Event, EventModel, open_enum
from shared.events.topics import CONTACTS, DIRECTORY

KEY_HEADER = "pattana-key-id"  # which key a contact is sealed with, readable without opening the body


def contact_aggregate(person: str) -> str:
    return f"contact:{person}"


def post_aggregate(unit: str, post: str) -> str:
    return f"post:{unit}:{post}"


class InPost(StrEnum):
    """How somebody is in a post: as its holder, or acting for a holder who is away or for none."""

    HOLDER = "HOLDER"
    ACTING = "ACTING"


OpenInPost = Annotated[InPost | str, open_enum(InPost)]


class TrainingClass(StrEnum):
    """By the level of a position, as the Ministry of Finance sorts them for what a training may cost."""

    A = "A"
    B = "B"


OpenTrainingClass = Annotated[TrainingClass | str, open_enum(TrainingClass)]


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


class PostFact(Event):
    """What every event of a post carries: a management post of one unit."""

    topic: ClassVar[str] = DIRECTORY.name
    key_field: ClassVar[str] = "unit"
    aggregate_kind: ClassVar[str | None] = "post"
    quiet: ClassVar[bool] = True

    unit: str
    post: str
    holding: str

    @property
    def aggregate(self) -> str:
        return post_aggregate(self.unit, self.post)


class PostFilled(PostFact):
    """A person is in the post from a day to the last one, which is included (None: still). The same `holding` again: on
    other days than was said before."""

    type: ClassVar[str] = "enrolment.post-filled.v1"

    person: str
    in_post: OpenInPost
    valid_from: date
    valid_to: date | None = None


class PostFillingRevoked(PostFact):
    """What was said of somebody in this post was wrong: he or she never was."""

    type: ClassVar[str] = "enrolment.post-filling-revoked.v1"


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
