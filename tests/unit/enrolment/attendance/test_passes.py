"""Passes: verified by the public key alone, and every way of forging one, by its code."""

import base64
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.attendance.domain.pass_refusals import PassExpired, PassForged, PassOfOtherRun
from services.enrolment.attendance.domain.passes import LENGTH, SIGNATURE_BYTES, TOKEN, Pass, RunKey
from shared.errors import Refused
from tests.unit.enrolment.attendance.people import NINE

RUN, OTHER = "01992f6e-8c00-7000-8000-000000000001", "01992f6e-8c00-7000-8000-000000000002"
NOMINATION = "01992f6e-8c00-7000-8000-0000000000aa"
KEY, OTHER_KEY = RunKey(b"k" * 32), RunKey(b"o" * 32)
PASS = Pass(RUN, NOMINATION, NINE)
TOKEN_OF_IT = KEY.issue(PASS)


def raw(token: str) -> bytes:
    return base64.urlsafe_b64decode(token)


def written(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


def test_a_pass_is_read_as_it_was_issued_and_is_compact() -> None:
    assert KEY.read(RUN, TOKEN_OF_IT) == PASS
    assert (len(TOKEN_OF_IT), TOKEN.fullmatch(TOKEN_OF_IT) is not None) == (LENGTH, True)
    assert LENGTH <= 140
    assert KEY.issue(PASS) == TOKEN_OF_IT


def test_whoever_has_the_public_half_verifies_without_asking() -> None:
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(KEY.public + "="))
    content = raw(TOKEN_OF_IT)
    public.verify(content[-SIGNATURE_BYTES:], content[:-SIGNATURE_BYTES])
    assert KEY.public != OTHER_KEY.public


def test_a_pass_is_good_until_its_last_second() -> None:
    PASS.require_good(NINE)
    with pytest.raises(PassExpired):
        PASS.require_good(NINE + timedelta(seconds=1))


def _of_other_run_with_this_id() -> str:
    """Signed by whoever has the key of another run."""
    return OTHER_KEY.issue(PASS)


def _later() -> str:
    content = raw(TOKEN_OF_IT)
    return written(content[:37] + bytes([content[37] ^ 1]) + content[38:])


FORGED = {
    "nothing": ("", PassForged),
    "words": ("สวัสดี", PassForged),
    "cut": (TOKEN_OF_IT[:-1], PassForged),
    "longer": (TOKEN_OF_IT + "A", PassForged),
    "padding": (TOKEN_OF_IT[:-1] + "=", PassForged),
    "other alphabet": ("+" + TOKEN_OF_IT[1:], PassForged),
    "next version": (written(b"\2" + raw(TOKEN_OF_IT)[1:]), PassForged),
    "signed with the key of another run": (_of_other_run_with_this_id(), PassForged),
    "another nomination": (written(raw(TOKEN_OF_IT)[:17] + b"\0" * 16 + raw(TOKEN_OF_IT)[33:]), PassForged),
    "a later end": (_later(), PassForged),
    "no signature": (written(raw(TOKEN_OF_IT)[:-SIGNATURE_BYTES] + b"\0" * SIGNATURE_BYTES), PassForged),
    "of another run": (OTHER_KEY.issue(Pass(OTHER, NOMINATION, NINE)), PassOfOtherRun),
    "this key for another run": (KEY.issue(Pass(OTHER, NOMINATION, NINE)), PassOfOtherRun),
    "a pass without base64": ("-" * LENGTH, PassForged),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_is_no_pass_of_this_run(name: str) -> None:
    token, refusal = FORGED[name]
    with pytest.raises(refusal):
        KEY.read(RUN, token)


@given(st.integers(0, 101), st.integers(1, 255))
def test_no_byte_of_a_pass_may_be_another_one(place: int, change: int) -> None:
    content = bytearray(raw(TOKEN_OF_IT))
    content[place] ^= change
    with pytest.raises((PassForged, PassOfOtherRun)):
        KEY.read(RUN, written(bytes(content)))


@given(st.text(max_size=LENGTH + 5))
def test_any_text_is_refused_and_breaks_nothing(token: str) -> None:
    with pytest.raises(Refused):
        KEY.read(RUN, token)
