"""Devices: every state times everything that may be done with one, and what is kept of codes and tokens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.enrolment.attendance.domain.device_refusals import DeviceCodeExpired, DeviceCodeWrong, DeviceRevoked
from services.enrolment.attendance.domain.devices import (
    ALPHABET,
    CODE_SIGNS,
    GOOD_FOR,
    TOKEN,
    Device,
    DeviceState,
    code_of,
    digest_of,
    enrolled,
    invited,
    plain_code,
    revoked,
    seen,
    shown_code,
)
from services.enrolment.attendance.domain.short_names import short_name
from shared.errors import Refused
from tests.unit.enrolment.attendance.people import NINE

LATER = NINE + GOOD_FOR + timedelta(seconds=1)
FRESH = Device("d1", "r1", "ประตู 1", NINE, "officer")
INVITED = invited(FRESH, "ABCD-2345-WXYZ", NINE)
ENROLLED = enrolled(INVITED, "token", NINE)
AGAIN = invited(ENROLLED, "WXYZ-2345-ABCD", NINE)
REVOKED = revoked(ENROLLED, NINE)

Action = Callable[[Device], Device]
ENROL: Action = lambda device: enrolled(device, "other", NINE)  # noqa: E731
ENROL_LATE: Action = lambda device: enrolled(device, "other", LATER)  # noqa: E731
INVITE: Action = lambda device: invited(device, "code", NINE)  # noqa: E731
REVOKE: Action = lambda device: revoked(device, LATER)  # noqa: E731

GRID: list[tuple[Device, Action, DeviceState | type[Refused]]] = [
    (INVITED, ENROL, DeviceState.ENROLLED),
    (INVITED, ENROL_LATE, DeviceCodeExpired),
    (INVITED, INVITE, DeviceState.INVITED),
    (INVITED, REVOKE, DeviceState.REVOKED),
    (ENROLLED, ENROL, DeviceCodeWrong),
    (ENROLLED, ENROL_LATE, DeviceCodeWrong),
    (ENROLLED, INVITE, DeviceState.ENROLLED),
    (ENROLLED, REVOKE, DeviceState.REVOKED),
    (AGAIN, ENROL, DeviceState.ENROLLED),
    (AGAIN, ENROL_LATE, DeviceCodeExpired),
    (AGAIN, INVITE, DeviceState.ENROLLED),
    (AGAIN, REVOKE, DeviceState.REVOKED),
    (REVOKED, ENROL, DeviceRevoked),
    (REVOKED, ENROL_LATE, DeviceRevoked),
    (REVOKED, INVITE, DeviceRevoked),
    (REVOKED, REVOKE, DeviceState.REVOKED),
]


@pytest.mark.parametrize(("before", "action", "expected"), GRID)
def test_every_state_times_everything(before: Device, action: Action, expected: DeviceState | type[Refused]) -> None:
    if isinstance(expected, DeviceState):
        assert action(before).state is expected
    else:
        with pytest.raises(expected):
            action(before)


def test_a_code_enrols_once_and_the_token_is_the_last_one() -> None:
    assert ENROLLED.code_digest is None
    assert ENROLLED.has("token")
    again = enrolled(AGAIN, "new", NINE)
    assert (again.has("token"), again.has("new")) == (False, True)
    assert AGAIN.has("token")  # until the new code is used
    assert not REVOKED.has("token")
    assert REVOKED.revoked_at == REVOKE(REVOKED).revoked_at
    assert not FRESH.has("")


def test_only_digests_are_kept() -> None:
    kept = repr((INVITED, ENROLLED))
    assert not any(secret in kept for secret in ("ABCD", "2345", "'token'"))
    assert INVITED.code_digest == digest_of("ABCD2345WXYZ") == digest_of(plain_code("abcd 2345-wxyz"))


def test_a_code_is_that_of_its_key_its_device_and_its_time() -> None:
    until, later = LATER.isoformat(), (LATER + timedelta(seconds=1)).isoformat()
    code = code_of(b"key", "d1", until)
    assert code == code_of(b"key", "d1", until)
    others = ((b"other", "d1", until), (b"key", "d2", until), (b"key", "d1", later))
    assert code not in {code_of(*other) for other in others}
    assert len(code) == CODE_SIGNS
    assert set(code) <= set(ALPHABET)


def test_codes_are_read_out_in_fours_and_look_like_nothing_else() -> None:
    assert shown_code("ABCD2345WXYZ") == "ABCD-2345-WXYZ"
    assert len(set(ALPHABET)) == 32
    assert not set("01IO") & set(ALPHABET)


def test_a_token_is_of_three_parts_and_names_its_device() -> None:
    found = TOKEN.fullmatch(f"pdt.01992f6e-8c00-7000-8000-0000000000aa.{'s' * 43}")
    assert found is not None
    assert found[1] == "01992f6e-8c00-7000-8000-0000000000aa"
    assert TOKEN.fullmatch("pdt.x.y") is None


def test_its_clock_and_when_it_was_seen_are_kept() -> None:
    assert replace(ENROLLED, skew_seconds=-7, seen_at=LATER) == seen(ENROLLED, -7, LATER)


@pytest.mark.parametrize(
    ("first", "last", "short"),
    [
        ("สมชาย", "ใจดี", "สมชาย จ."),
        ("มาลี", "เก่งกล้า", "มาลี ก."),
        ("Anna", "Smith", "Anna S."),
        ("มาลี", "", "มาลี"),
        ("มาลี", "-", "มาลี"),
    ],
)
def test_names_are_shortened(first: str, last: str, short: str) -> None:
    assert short_name(first, last) == short
