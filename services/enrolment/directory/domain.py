"""Units and people as rules: what registering, moving and describing them means. Pure: no clock, ids or I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from services.enrolment.directory.reference import OPS, Reference, UnitKind, UnitNotInForce
from services.enrolment.directory.reference import Unit as BundledUnit
from shared.errors import Refused
from shared.events.enrolment import (
    CENTRAL_REGION,
    ContactChanged,
    ContactErased,
    Membership,
    PersonMoved,
    PersonRegistered,
    Place,
    UnitRegistered,
)
from shared.events.envelope import Fact
from shared.sealing import KEY_HEADER, Contact, Sealed


# Refused
# ├── UnknownPost           details: post
# ├── PostNotInUnit         there is no such post in a unit of that kind (details: post, unit)
# └── PersonErased          was erased; an import must not bring the person back (details: person)
class UnknownPost(
    Refused,
    code="unknown-post",
    status=422,
    th="ไม่รู้จักตำแหน่งทางการบริหาร {post}",
    en="There is no post {post}. See /api/enrolment/reference for the posts.",
):
    pass


class PostNotInUnit(
    Refused,
    code="post-not-in-unit",
    status=422,
    th="หน่วยงาน {unit} ไม่มีตำแหน่งทางการบริหาร {post}",
    en="A unit such as {unit} has no post {post}.",
):
    pass


class PersonErased(
    Refused,
    code="person-erased",
    status=409,
    th="ข้อมูลติดต่อของบุคคลนี้ถูกลบตามคำขอแล้ว ระบบจะไม่นำเข้าซ้ำ",
    en="This person's data was erased on request and is not brought in again.",
):
    pass


@dataclass(frozen=True)
class Post:
    """An office that somebody holds, apart from position and level; `kinds` are the units that have it."""

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


# ---- units


@dataclass(frozen=True)
class Unit:
    """A unit as it is stored. Validity and memberships exclude their last day; None is open on that side."""

    key: str
    kind: UnitKind
    parent: str | None
    name_th: str
    name_en: str
    abbr_th: str
    province: str | None = None
    province_th: str | None = None
    province_en: str | None = None
    function: str | None = None
    memberships: tuple[Membership, ...] = ()
    email: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def office(self) -> str:
        """The unit whose seats its people take: the provincial office, or OPS for everybody else."""
        return f"PO-{self.province}" if self.province is not None else OPS

    def in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)

    def place(self, on: date) -> Place:
        """Where its people count on that day. Raises UnitNotInForce."""
        if not self.in_force(on):
            raise UnitNotInForce(unit=self.key, on=on.isoformat())
        if self.province is None:
            return Place(unit=self.key, province=None, group=None, region=CENTRAL_REGION)
        for member in self.memberships:
            if member.valid_from <= on and (member.valid_to is None or on < member.valid_to):
                return Place(unit=self.key, province=self.province, group=member.group, region=member.region)
        raise UnitNotInForce(unit=self.key, on=on.isoformat())


def bundled_unit(unit: BundledUnit, reference: Reference) -> Unit:
    """A unit of the reference data in the form that is stored: last days become excluded ones."""
    province = reference.provinces[unit.province] if unit.province is not None else None
    members = reference.memberships.get(unit.province or "", ())
    return Unit(
        key=unit.id,
        kind=unit.kind,
        parent=unit.parent,
        name_th=unit.name_th,
        name_en=unit.name_en,
        abbr_th=unit.abbr_th,
        province=unit.province,
        province_th=province.name_th if province else None,
        province_en=province.name_en if province else None,
        function=unit.function,
        memberships=tuple(
            Membership(
                group=one.group,
                region=reference.groups[one.group].region,
                valid_from=one.valid_from,
                valid_to=_day_after(one.valid_to),
            )
            for one in members
        ),
        valid_from=unit.valid_from,
        valid_to=_day_after(unit.valid_to),
    )


def _day_after(last: date | None) -> date | None:
    return None if last is None else last + timedelta(days=1)


def register_unit(unit: Unit, known: Unit | None) -> list[Fact]:
    """Nothing when it is known as described."""
    if unit == known:
        return []
    event = UnitRegistered(
        unit=unit.key,
        kind=unit.kind,
        parent=unit.parent,
        name_th=unit.name_th,
        name_en=unit.name_en,
        province=unit.province,
        province_th=unit.province_th,
        province_en=unit.province_en,
        memberships=unit.memberships,
        email=unit.email,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
    )
    return [Fact(unit.key, unit.key, event)]


# ---- people


@dataclass(frozen=True)
class Person:
    """Names and addresses are kept here alone; events carry the id. Identity is `citizen_hash`, else `external_id`."""

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
    erased: bool = False

    @property
    def contact(self) -> Contact:
        return Contact(
            prefix=self.prefix,
            first_name=self.first_name,
            last_name=self.last_name,
            email=self.email,
            phone=self.phone,
        )


@dataclass(frozen=True)
class Change:
    """What a description made of a person. `contact` is set when it must be told anew (sealed by the caller)."""

    person: Person
    facts: list[Fact] = field(default_factory=list)
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
    return Change(person, [Fact(person.id, person.id, event)], person.contact)


def described(known: Person, changes: Mapping[str, Any]) -> Person:
    """With these fields changed. A post belongs to its unit: who moves holds none until it is said again."""
    if changes.get("unit", known.unit) != known.unit:
        changes = {"post": None, **changes}
    return replace(known, **changes)


def describe_person(known: Person, now: Person) -> Change:
    """What is different is told: a move of unit, level or post, and a contact. Raises PersonErased."""
    if known.erased:
        raise PersonErased(person=known.id)
    if known == now:
        return Change(known, stored=False)
    facts = []
    if (known.unit, known.level, known.post) != (now.unit, now.level, now.post):
        event = PersonMoved(person=now.id, unit=now.unit, level=now.level, post=now.post)
        facts.append(Fact(now.id, now.id, event))
    return Change(now, facts, now.contact if known.contact != now.contact else None)


def contact_aggregate(person: str) -> str:
    return f"contact:{person}"


def contact_changed(person: str, sealed: Sealed) -> Fact:
    event = ContactChanged(person=person, key_id=sealed.key_id, sealed=sealed.text)
    return Fact(contact_aggregate(person), person, event, headers={KEY_HEADER: sealed.key_id})


def erase_contact(known: Person) -> tuple[Person, Fact]:
    """Of what tells the person apart only the identity of imports remains (keyed hash, external id), so that an import
    cannot bring the person back. Unit, level and post stay, so that counts do. Raises PersonErased."""
    if known.erased:
        raise PersonErased(person=known.id)
    erased = replace(
        known,
        prefix="",
        first_name="",
        last_name="",
        email=None,
        phone=None,
        birth_date=None,
        start_date=None,
        erased=True,
    )
    return erased, Fact(contact_aggregate(known.id), known.id, ContactErased(person=known.id), tombstone=True)
