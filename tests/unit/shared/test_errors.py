"""Refusals carry a stable code and facts; what is unavailable is no refusal."""

import pytest

from shared.errors import Forbidden, NotFound, Refused, Unavailable, UnitOutOfScope


class SeatTaken(
    Refused,
    code="seat-taken",
    status=409,
    th="ไม่มีที่นั่งว่างของ {unit}",
    en="No seat is free for {unit}.",
):
    pass


def test_facts_are_kept_and_shown_to_developers() -> None:
    refused = SeatTaken(unit="PO-50", free=0)

    assert refused.details == {"unit": "PO-50", "free": 0}
    assert str(refused) == "seat-taken unit=PO-50 free=0"


def test_codes_belong_to_the_class() -> None:
    assert [kind.code for kind in (SeatTaken, NotFound, Forbidden, UnitOutOfScope)] == [
        "seat-taken",
        "not-found",
        "forbidden",
        "unit-out-of-scope",
    ]


def test_a_refusal_says_everything_of_itself_or_does_not_exist() -> None:
    with pytest.raises(TypeError, match="'th'"):

        class Half(Refused, code="half", status=409, en="Only in English."):  # type: ignore[call-arg]
            pass


def test_unavailable_is_not_a_refusal() -> None:
    assert not issubclass(Unavailable, Refused)
