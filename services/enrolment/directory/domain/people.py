"""People: their posts, and registering, moving, changing and erasing them. Pure: no clock, ids or I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from services.enrolment.directory.domain.reference import UnitKind
from services.enrolment.directory.domain.refusals import PersonErased, PostNotInUnit, UnknownPost
from services.enrolment.directory.domain.units import Unit
from shared.events.directory import ContactChanged, ContactErased, InPost, PersonMoved, PersonRegistered
from shared.events.envelope import Event
from shared.sealing import Contact, Sealed
from shared.thai import sort_key, words_of


@dataclass(frozen=True)
class Post:
    """A management post, apart from position and level; `kinds` are the kinds of units that have it."""

    code: str
    name_th: str
    name_en: str
    kinds: frozenset[UnitKind]


POSTS: Final[Mapping[str, Post]] = {
    post.code: post
    for post in (
        Post(
            "PROV_HEAD",
            "หัวหน้าสำนักงานจังหวัด",
            "Head of Provincial Office",
            frozenset({UnitKind.PROVINCIAL_OFFICE}),
        ),
        Post("GROUP_HEAD", "หัวหน้ากลุ่มงาน", "Head of Work Group", frozenset({UnitKind.WORK_GROUP})),
        Post("UNIT_DIRECTOR", "ผู้อำนวยการ", "Director of a Central Unit", frozenset({UnitKind.CENTRAL_UNIT})),
    )
}


@dataclass(frozen=True)
class Person:
    """Only this holds names and addresses; events carry the id. Identity is `citizen_hash`, else `external_id`; of
    these an erased person keeps keyed hashes alone."""

    id: str
    unit: str
    office: str
    level: str | None = None
    post: str | None = None
    position: str | None = None
    prefix: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str | None = None
    phone: str | None = None
    birth_date: date | None = None
    start_date: date | None = None
    citizen_hash: str | None = None
    external_id: str | None = None
    external_hash: str | None = None
    erased: bool = False
    erased_at: datetime | None = None

    @property
    def full_name(self) -> str:
        """Without what stands before it."""
        return f"{self.first_name} {self.last_name}"

    @cached_property  # an import asks several times for this and the next, and nothing of a name is dearer
    def words(self) -> tuple[str, ...]:
        """Of the name, as they are compared."""
        return words_of(self.full_name)

    @cached_property
    def sorted_name(self) -> str:
        return sort_key(self.full_name)

    @property
    def contact(self) -> Contact:
        return Contact(
            prefix=self.prefix,
            first_name=self.first_name,
            last_name=self.last_name,
            email=self.email,
            phone=self.phone,
        )


@dataclass(frozen=True, slots=True)
class Held:
    """A post of a unit that somebody is in, as its holder or acting."""

    unit: str
    post: str
    in_post: InPost


@dataclass(frozen=True, slots=True)
class Assignment:
    """The unit of a person, with level, post and position as far as they are known. Of an `erased` one nothing can be
    made any more. `post` is what the register of people says; `held` is what counts, on a day that somebody has asked
    about (incumbents.py)."""

    unit: str
    level: str | None = None
    post: str | None = None
    position: str | None = None
    erased: bool = False
    held: tuple[Held, ...] = ()

    def holding(self, held: Iterable[Held]) -> "Assignment":
        return replace(self, held=tuple(held))


@dataclass(frozen=True)
class Change:
    """A person after a command, and its events. `contact` is set when it must be published (sealed by the caller)."""

    person: Person
    events: list[Event] = field(default_factory=list)
    contact: Contact | None = None
    stored: bool = True


def check_post(post: str | None, unit: Unit) -> None:
    """Raises UnknownPost and PostNotInUnit."""
    if post is None:
        return
    if post not in POSTS:
        raise UnknownPost(post=post)
    if unit.kind not in POSTS[post].kinds:
        raise PostNotInUnit(post=post, unit=unit.key)


def register_person(person: Person) -> Change:
    event = PersonRegistered(person=person.id, unit=person.unit, level=person.level, post=person.post)
    return Change(person, [event], person.contact)


def described(known: Person, changes: Mapping[str, Any]) -> Person:
    """With these fields changed. A post belongs to its unit: a move clears it unless the changes name one."""
    if changes.get("unit", known.unit) != known.unit:
        changes = {"post": None, **changes}
    return replace(known, **changes)


def describe_person(known: Person, now: Person) -> Change:
    """Events for what is different: a move of unit, level or post, and a contact. Raises PersonErased."""
    if known.erased:
        raise PersonErased(person=known.id)
    if known == now:
        return Change(known, stored=False)
    events: list[Event] = []
    if (known.unit, known.level, known.post) != (now.unit, now.level, now.post):
        events.append(PersonMoved(person=now.id, unit=now.unit, level=now.level, post=now.post))
    return Change(now, events, now.contact if known.contact != now.contact else None)


def contact_changed(person: str, sealed: Sealed) -> ContactChanged:
    return ContactChanged(person=person, key_id=sealed.key_id, sealed=sealed.text)


def erase_person(known: Person, external_hash: str | None, at: datetime) -> tuple[Person, ContactErased]:
    """What stays is named, so that a field of tomorrow goes: keyed hashes of what imports know the person by, so that
    none restores it, and unit, level and post, which the log has for ever. Raises PersonErased."""
    if known.erased:
        raise PersonErased(person=known.id)
    erased = Person(
        id=known.id,
        unit=known.unit,
        office=known.office,
        level=known.level,
        post=known.post,
        citizen_hash=known.citizen_hash,
        external_hash=external_hash,
        erased=True,
        erased_at=at,
    )
    return erased, ContactErased(person=known.id)
