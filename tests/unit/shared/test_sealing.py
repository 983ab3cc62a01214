"""Sealed contacts: only the ring opens them, only for the subject they were sealed for."""

import base64

import pytest

from shared.fresh_keys import new_key_ring
from shared.sealing import Contact, KeyRing, Sealed, Tampered, UnknownKey

SUBJECT = "contact:0190a1b2-0000-7000-8000-000000000001"
SOMCHAI = Contact(prefix="นาย", first_name="สมชาย", last_name="ใจดี", email="somchai@example.go.th", phone="0812345678")


def ring() -> KeyRing:
    return KeyRing.parse(new_key_ring("k1"))


def test_what_is_sealed_can_be_opened() -> None:
    keys = ring()
    sealed = keys.seal(SOMCHAI, SUBJECT)
    assert sealed.key_id == "k1"
    assert "สมชาย".encode() not in base64.b64decode(sealed.text)
    assert keys.open(sealed, SUBJECT) == SOMCHAI


def test_two_seals_of_the_same_differ() -> None:
    keys = ring()
    assert keys.seal(SOMCHAI, SUBJECT) != keys.seal(SOMCHAI, SUBJECT)


def test_a_sealed_contact_cannot_be_moved_to_another_person() -> None:
    keys = ring()
    with pytest.raises(Tampered):
        keys.open(keys.seal(SOMCHAI, SUBJECT), "contact:somebody-else")


@pytest.mark.parametrize("text", ["", "AAAA", "not base64!", base64.b64encode(bytes(range(60))).decode()])
def test_what_was_not_sealed_here_is_tampered(text: str) -> None:
    with pytest.raises(Tampered):
        ring().open(Sealed("k1", text), SUBJECT)


def test_the_first_key_seals_and_older_ones_still_open() -> None:
    old = new_key_ring("k1")
    before = KeyRing.parse(old).seal(SOMCHAI, SUBJECT)
    rotated = KeyRing.parse(f"{new_key_ring('k2')},{old}")
    assert rotated.seal(SOMCHAI, SUBJECT).key_id == "k2"
    assert rotated.open(before, SUBJECT) == SOMCHAI


def test_a_retired_key_opens_nothing() -> None:
    sealed = ring().seal(SOMCHAI, SUBJECT)
    with pytest.raises(UnknownKey, match="k1"):
        KeyRing.parse(new_key_ring("k2")).open(sealed, SUBJECT)


@pytest.mark.parametrize("text", ["", "k1", "k1=", "k1=c2hvcnQ=", "k 1=" + "A" * 44, "k1=***"])
def test_a_broken_ring_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"key ring|base64") as refused:
        KeyRing.parse(text)
    assert "c2hvcnQ" not in str(refused.value)


def test_two_keys_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="different ids"):
        KeyRing.parse(f"{new_key_ring('k1')},{new_key_ring('k1')}")


def test_a_ring_does_not_print_its_keys() -> None:
    text = new_key_ring("k1")
    assert repr(KeyRing.parse(text)) == "KeyRing(k1)"
