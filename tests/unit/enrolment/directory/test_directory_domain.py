"""The rules of units and people: what is published about them, and what is not."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.enrolment.directory.domain.people import (
    POSTS,
    Person,
    check_post,
    contact_changed,
    describe_person,
    described,
    erase_person,
    register_person,
)
from services.enrolment.directory.domain.reference import UnitKind
from services.enrolment.directory.domain.refusals import PersonErased, PostNotInUnit, UnknownPost
from services.enrolment.directory.domain.units import Unit, register_unit
from shared.events.directory import Membership, PersonMoved, PersonRegistered, UnitRegistered
from shared.events.seats import Place
from shared.sealing import Sealed
from tests.support.places import UNITS, place_of


def unit(key: str) -> Unit:
    return UNITS[key]


HEAD = Person(
    "0190",
    "PO-50",
    "PO-50",
    level="M2",
    post="PROV_HEAD",
    prefix="นาย",
    first_name="สมชาย",
    last_name="ใจดี",
    email="a@moi.go.th",
    birth_date=date(1970, 8, 31),
    citizen_hash="abc",
)


def test_a_unit_is_published_with_its_whole_description() -> None:
    (event,) = register_unit(unit("PO-50.HR"), None)
    assert isinstance(event, UnitRegistered)
    assert (event.aggregate, event.key) == ("PO-50.HR", "PO-50.HR")
    assert (event.parent, event.province, event.province_th, event.kind) == ("PO-50", "50", "เชียงใหม่", "WORK_GROUP")
    assert event.memberships == (Membership(group="NU1", region="N", valid_from=date(2009, 10, 1)),)


def test_an_unchanged_unit_is_not_published_again() -> None:
    assert register_unit(unit("PERS"), unit("PERS")) == []
    assert register_unit(replace(unit("PERS"), name_en="HR"), unit("PERS")) != []


@pytest.mark.parametrize(
    ("key", "office"), [("PO-50", "PO-50"), ("PO-50.HR", "PO-50"), ("PERS", "OPS"), ("OPS", "OPS")]
)
def test_the_office_whose_seats_people_take(key: str, office: str) -> None:
    assert unit(key).office == office


def test_the_place_of_a_unit() -> None:
    day = date(2020, 8, 31)
    assert place_of("PO-50.HR", day) == Place(unit="PO-50.HR", province="50", group="NU1", region="N")
    assert place_of("DRI", day) == Place(unit="DRI", province=None, group=None, region="CENTRAL")


def test_memberships_exclude_their_last_day() -> None:
    first = Membership(group="A", region="N", valid_from=date(2009, 10, 1), valid_to=date(2017, 11, 17))
    second = Membership(group="B", region="N", valid_from=date(2017, 11, 17))
    moved = replace(unit("PO-50"), memberships=(first, second))
    assert [moved.membership(date(2017, 11, day)) for day in (16, 17)] == [first, second]
    assert moved.membership(date(2009, 9, 30)) is None


def test_a_dissolved_unit_is_not_in_force() -> None:
    ended = replace(unit("PERS"), valid_to=date(2020, 1, 1))
    assert [ended.in_force(day) for day in (date(2019, 12, 31), date(2020, 1, 1))] == [True, False]


@pytest.mark.parametrize(("post", "key"), [(None, "PERS"), ("PROV_HEAD", "PO-50"), ("GROUP_HEAD", "PO-50.HR")])
def test_posts_belong_to_kinds_of_units(post: str | None, key: str) -> None:
    check_post(post, unit(key))


@pytest.mark.parametrize(
    ("post", "key", "refusal"),
    [("PROV_HEAD", "PERS", PostNotInUnit), ("PROV_HEAD", "PO-50.HR", PostNotInUnit), ("KING", "PO-50", UnknownPost)],
)
def test_a_post_that_the_unit_does_not_have_is_refused(post: str, key: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_post(post, unit(key))


def test_every_post_belongs_to_some_unit() -> None:
    assert {kind for post in POSTS.values() for kind in post.kinds} <= set(UnitKind)


def test_a_new_person_is_published_without_a_name() -> None:
    change = register_person(HEAD)
    assert change.events == [PersonRegistered(person="0190", unit="PO-50", level="M2", post="PROV_HEAD")]
    assert "สมชาย" not in repr(change.events)
    assert change.contact == HEAD.contact


def test_an_unchanged_person_changes_nothing() -> None:
    change = describe_person(HEAD, described(HEAD, {"unit": "PO-50", "first_name": "สมชาย"}))
    assert (change.events, change.contact, change.stored) == ([], None, False)


def test_a_move_is_published_and_ends_the_post() -> None:
    change = describe_person(HEAD, described(HEAD, {"unit": "PO-51", "office": "PO-51"}))
    assert change.events == [PersonMoved(person="0190", unit="PO-51", level="M2", post=None)]
    assert change.contact is None


def test_a_move_into_another_post() -> None:
    moved = described(HEAD, {"unit": "PO-51", "office": "PO-51", "post": "PROV_HEAD"})
    assert moved.post == "PROV_HEAD"


def test_a_new_address_is_published_only_as_a_contact() -> None:
    change = describe_person(HEAD, described(HEAD, {"email": "b@moi.go.th"}))
    assert change.events == []
    assert change.contact is not None
    assert change.contact.email == "b@moi.go.th"


def test_a_new_position_is_stored_but_not_published() -> None:
    change = describe_person(HEAD, described(HEAD, {"position": "นักปกครอง"}))
    assert (change.events, change.contact, change.stored) == ([], None, True)


def test_a_contact_is_published_sealed_with_its_key_in_a_header() -> None:
    event = contact_changed("0190", Sealed("k1", "text"))
    assert (event.aggregate, event.key, dict(event.headers)) == ("contact:0190", "0190", {"pattana-key-id": "k1"})


ERASED_AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def test_erasing_leaves_unit_and_keyed_hashes_and_a_tombstone() -> None:
    known = replace(HEAD, position="หัวหน้าสำนักงานจังหวัด", external_id="E1", phone="02", start_date=date(1995, 1, 2))
    erased, event = erase_person(known, "hash of E1", ERASED_AT)
    assert erased == Person(
        "0190",
        "PO-50",
        "PO-50",
        level="M2",
        post="PROV_HEAD",
        citizen_hash="abc",
        external_hash="hash of E1",
        erased=True,
        erased_at=ERASED_AT,
    )
    assert event.tombstone
    assert (event.aggregate, event.key) == ("contact:0190", "0190")


def test_an_erased_person_stays_erased() -> None:
    erased, _ = erase_person(HEAD, None, ERASED_AT)
    with pytest.raises(PersonErased):
        erase_person(erased, None, ERASED_AT)
    with pytest.raises(PersonErased):
        describe_person(erased, described(erased, {"email": "b@moi.go.th"}))
