"""The code of a room: which half minutes it is good in, and what is none."""

import base64
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.attendance.domain.pass_refusals import RoomCodeOld, RoomCodeWrong
from services.enrolment.attendance.domain.passes import RunKey
from services.enrolment.attendance.domain.room_codes import LENGTH, SECONDS, room_code, session_of
from shared.errors import Refused
from tests.unit.enrolment.attendance.people import NINE

KEY, OTHER = RunKey(b"k" * 32).room, RunKey(b"o" * 32).room
CODE = room_code(KEY, 3, NINE)


def test_a_code_says_its_session_and_when_it_changes() -> None:
    assert session_of(KEY, CODE.text, NINE) == 3
    assert CODE.until == NINE + timedelta(seconds=SECONDS)
    assert room_code(KEY, 3, NINE + timedelta(seconds=SECONDS - 1)) == CODE
    assert room_code(KEY, 3, CODE.until).text != CODE.text
    assert len(CODE.text) == LENGTH


# Half minutes behind the one in which it is shown.
@pytest.mark.parametrize(
    ("behind", "refusal"),
    [(-2, RoomCodeWrong), (-1, None), (0, None), (1, None), (2, RoomCodeOld), (10_000, RoomCodeOld)],
)
def test_when_a_code_is_good(behind: int, refusal: type[Refused] | None) -> None:
    now: datetime = NINE + timedelta(seconds=behind * SECONDS)
    if refusal is None:
        assert session_of(KEY, CODE.text, now) == 3
    else:
        with pytest.raises(refusal):
            session_of(KEY, CODE.text, now)


@pytest.mark.parametrize(
    "code",
    ["", "ก" * LENGTH, CODE.text[:-1], CODE.text + "A", room_code(OTHER, 3, NINE).text, "A" * LENGTH],
    ids=["nothing", "thai", "cut", "longer", "of another run", "zeros"],
)
def test_what_is_no_code_of_this_run(code: str) -> None:
    with pytest.raises(RoomCodeWrong):
        session_of(KEY, code, NINE)


@given(st.integers(0, 23), st.integers(1, 255))
def test_no_byte_of_a_code_may_be_another_one(place: int, change: int) -> None:
    content = bytearray(base64.urlsafe_b64decode(CODE.text))
    content[place] ^= change
    with pytest.raises(RoomCodeWrong):
        session_of(KEY, base64.urlsafe_b64encode(bytes(content)).decode(), NINE)
